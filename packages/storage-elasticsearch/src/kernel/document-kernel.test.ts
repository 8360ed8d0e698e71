import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { putId, putNumber } from './digits.ts';
import { documentKernel } from './document-kernel.ts';
import { lanes } from './md5-lanes.ts';

const kernel = documentKernel(2)!;
const { memory } = kernel;
const words = new Int32Array(memory.buffer);
const text = (from: number, to: number): string => Buffer.from(memory.subarray(from, to)).toString('latin1');

test('digests are those of the system, whatever the lengths of the texts beside each other', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    // About the borders of a block.
    fc.integer({ min: 50, max: 70 }).map(length => new Uint8Array(length).fill(0xff)),
  );
  fc.assert(
    fc.property(fc.array(bytes, { minLength: lanes, maxLength: lanes }), texts => {
      for (const [lane, one] of texts.entries()) {
        memory.set(one, 4096 + lane * 1024);
        words[lane] = one.length;
      }
      kernel.md5(0, 4096, 1024, 64);
      const expected = texts.map(one => createHash('md5').update(one).digest('hex'));
      assert.equal(text(64, 64 + 32 * lanes), expected.join(''));
    }),
    { numRuns: 1000 },
  );
});

test('pieces of any length are put behind each other', () => {
  const from = 8192;
  for (let at = 0; at < 2048; at += 1) memory[from + at] = (at * 7) % 251;
  const piece = fc.record({ start: fc.nat({ max: 1000 }), length: fc.nat({ max: 100 }) });
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 30 }), pieces => {
      words.set(
        pieces.flatMap(({ start, length }) => [from + start, length]),
        1024,
      );
      const end = kernel.gather(4096, pieces.length, 16_384);
      const expected = pieces.map(({ start, length }) => text(from + start, from + start + length));
      assert.equal(text(16_384, end), expected.join(''));
    }),
  );
});

test('control characters and DEL are found wherever they are', () => {
  for (let length = 1; length < 50; length += 1) {
    for (const [byte, found] of [
      [0x20, 0],
      [0x7e, 0],
      [0xff, 0],
      [0x1f, 1],
      [0, 1],
      [0x7f, 1],
    ] as const) {
      memory.fill(0x61, 4096, 4096 + length + 16);
      memory[4096 + length - 1] = byte;
      assert.equal(kernel.controls(4096, 4096 + length), found, `${byte} behind ${length - 1}`);
    }
  }
});

test('numbers and ids are written as texts of them are', () => {
  const bytes = new Uint8Array(32);
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.constantFrom(0, 9, 10, 99_999_999, 1e8, 1e15, 2 ** 53)), value => {
      const at = putNumber(bytes, 24, value);
      assert.equal(Buffer.from(bytes.subarray(at, 24)).toString(), String(value));
    }),
  );
  putId(bytes, 1, Uint32Array.of(0, 0x0123abcd, 0xf), 1);
  assert.equal(Buffer.from(bytes.subarray(1, 17)).toString(), '0123abcd0000000f');
});
