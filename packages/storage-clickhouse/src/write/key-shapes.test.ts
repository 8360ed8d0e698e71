import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyShapes, splitKeys } from './key-shapes.ts';

test('the text of a sequence of keys gives the keys back', () => {
  const key = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\0', '\\', '\\0', '\\\0', 'a\0b'));
  const shapes = new KeyShapes();
  fc.assert(
    fc.property(fc.array(key, { maxLength: 6 }), keys => {
      const shape = keys.reduce((at, next) => shapes.after(at, next), shapes.root());
      assert.deepEqual(splitKeys(shape.text), keys);
    }),
  );
});

test('the same sequence is worked out once', () => {
  const shapes = new KeyShapes();
  assert.equal(shapes.after(shapes.root(), 'a'), shapes.after(shapes.root(), 'a'));
});

test('endless new keys do not fill the memory', () => {
  const shapes = new KeyShapes();
  const first = shapes.root();
  for (let i = 0; i < 30_000; i++) shapes.after(shapes.root(), `key-${i}`);
  assert.notEqual(shapes.root(), first);
});
