import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatHex64, parseHex32 } from '@tracekin/codec';
import fc from 'fast-check';
import { encodeBlock } from './block.ts';
import { ByteWriter } from './byte-writer.ts';
import { decodeBlocks } from './decode-blocks.ts';
import { DictionaryColumn } from './dictionary-column.ts';

test('a block is counts, then name, type and data of each column', () => {
  const number = new ByteWriter(1);
  number.uint32(0xdeadbeef);
  number.uint32(1);
  const text = new ByteWriter(1);
  text.string('é');
  text.string('');
  const block = encodeBlock(2, [
    { name: 'n', type: 'UInt32', data: number },
    { name: 't', type: 'String', data: text },
  ]);
  const expected = ['0202', '016e', '0655496e743332', 'efbeadde01000000', '0174', '06537472696e67', '02c3a9', '00'];
  assert.equal(block.toString('hex'), expected.join(''));
});

test('a dictionary column is version, flags, keys and indexes', () => {
  const names = new DictionaryColumn();
  assert.deepEqual(
    ['a', 'b', 'a'].map(text => names.push(text)),
    [0, 1, 0],
  );
  const out = new ByteWriter();
  names.writeTo(out);
  const expected = [
    '0100000000000000',
    '0006000000000000',
    '0200000000000000',
    '01610162',
    '0300000000000000',
    '000100',
  ];
  assert.equal(out.view().toString('hex'), expected.join(''));
});

test('a dictionary of more than 256 texts has wider indexes', () => {
  for (const count of [256, 257, 65_537]) {
    const names = new DictionaryColumn();
    const texts = Array.from({ length: count }, (_, i) => `name ${i}`);
    for (const text of texts) names.push(text);
    const block = encodeBlock(count, [{ name: 'n', type: 'LowCardinality(String)', data: names }]);
    const column = decodeBlocks(block)[0]!.columns.get('n');
    assert(column?.kind === 'string');
    assert.deepEqual(column.values, texts);
  }
});

test('text of any kind and length is read as it was written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constant('x'.repeat(200)), fc.constant('é'.repeat(63)))),
      texts => {
        const data = new ByteWriter(1);
        for (const text of texts) data.string(text);
        const [block] = decodeBlocks(encodeBlock(texts.length, [{ name: 't', type: 'String', data }]));
        const column = block?.columns.get('t') ?? { kind: 'string', values: [] };
        assert(column.kind === 'string');
        assert.deepEqual([...column.values], texts);
      },
    ),
  );
});

test('integers up to 2^53 and ids of 64 bits keep every bit', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (number, id) => {
      const hex = id.toString(16).padStart(16, '0');
      const data = new ByteWriter(1);
      data.uint64Number(number);
      data.uint64(parseHex32(hex, 0), parseHex32(hex, 8));
      const column = decodeBlocks(encodeBlock(2, [{ name: 'n', type: 'UInt64', data }]))[0]!.columns.get('n');
      assert(column?.kind === 'uint64');
      assert.equal(column.words[1]! * 2 ** 32 + column.words[0]!, number);
      assert.equal(formatHex64(column.words[3]!, column.words[2]!), hex);
    }),
  );
});

test('an answer that ends early is refused at every length', () => {
  const data = new ByteWriter(1);
  data.string('hello');
  const names = new DictionaryColumn();
  names.push('a');
  const block = encodeBlock(1, [
    { name: 't', type: 'String', data },
    { name: 'n', type: 'LowCardinality(String)', data: names },
  ]);
  for (let length = 1; length < block.length; length++) {
    assert.throws(() => decodeBlocks(block.subarray(0, length)), { code: 'unavailable' }, `${length} bytes`);
  }
});
