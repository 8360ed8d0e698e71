import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFixtures } from '../test/fixtures.ts';
import { checkAnyInput, FORMATS, randomCase, randomOf } from '../test/mutate.ts';
import { bytesOf, proto, toHex } from '../test/wire.ts';
import { decodeSpans } from './index.ts';

const fixtures = loadFixtures();

describe('the decoders', () => {
  for (const { name, format, bytes } of fixtures) {
    it(`survive every truncation of ${name}`, () => {
      for (let length = 0; length < bytes.length; length++) checkAnyInput(bytes.slice(0, length), format);
      assert.equal(checkAnyInput(bytes, format), 'decoded');
    });
  }

  it('survive every fixture read as every format', () => {
    for (const { bytes } of fixtures) for (const format of FORMATS) checkAnyInput(bytes, format);
  });

  it('survive 3000 random mutations', () => {
    const random = randomOf(20261121);
    const counts = { decoded: 0, refused: 0 };
    for (let i = 0; i < 3000; i++) {
      const { bytes, format } = randomCase(fixtures, random);
      try {
        counts[checkAnyInput(bytes, format)]++;
      } catch (error) {
        throw new Error(`as ${format}: ${toHex(bytes)}`, { cause: error });
      }
    }
    assert.ok(counts.decoded > 100 && counts.refused > 100, JSON.stringify(counts));
  });

  it('survive every byte alone, repeated 100,000 times', () => {
    for (let byte = 0; byte < 256; byte++) {
      for (const format of FORMATS) {
        checkAnyInput(Uint8Array.of(byte), format);
        if (byte % 16 < 3 || byte === 0x5b || byte === 0x7b || byte === 0x0c)
          checkAnyInput(new Uint8Array(100_000).fill(byte), format);
      }
    }
  });

  it('do not change the bytes they are given, and share no memory with them', () => {
    for (const { name, format, bytes } of fixtures) {
      const copy = bytes.slice();
      const before = JSON.stringify(decodeSpans(bytes, format));
      assert.deepEqual(bytes, copy, name);
      const spans = decodeSpans(bytes, format);
      bytes.fill(0);
      assert.equal(JSON.stringify(spans), before, name);
      bytes.set(copy);
    }
  });

  it('remember nothing of a Buffer that is used again', () => {
    for (const { name, format, bytes } of fixtures) {
      const expected = JSON.stringify(decodeSpans(bytes, format));
      const buffer = Buffer.from(bytes);
      assert.equal(JSON.stringify(decodeSpans(buffer, format)), expected, name);
      for (let i = 0; i < buffer.length; i++) buffer[i] = buffer[i]! ^ 0x5a;
      assert.equal(JSON.stringify(decodeSpans(bytes, format)), expected, name);
    }
  });

  it('take linear time for a v1 span of 50,000 services and for a tag key of a megabyte', () => {
    const annotations = Array.from(
      { length: 50_000 },
      (_, i) => `{"timestamp":1,"value":"a","endpoint":{"serviceName":"s${i}"}}`,
    );
    const start = performance.now();
    const spans = decodeSpans(bytesOf(`[{"traceId":"1","id":"1","annotations":[${annotations.join()}]}]`), 'json-v1');
    assert.equal(spans.length, 50_000);
    assert.ok(performance.now() - start < 5000);
    const key = 'k'.repeat(1_000_000);
    assert.throws(
      () => decodeSpans(bytesOf(`[{"traceId":"1","id":"1","tags":{"${key}":null}}]`), 'json-v2'),
      /^TracekinError: No value at .{1,100}\.\.\. reading/,
    );
    assert.throws(
      () => decodeSpans(bytesOf(`[{"traceId":"1","id":"1","kind":"${key}"}]`), 'json-v2'),
      /^TracekinError: No enum constant .{1,200} reading/,
    );
  });

  it('read a view into a larger buffer', () => {
    for (const { name, format, bytes } of fixtures) {
      const larger = bytesOf(new Uint8Array(13).fill(0x22), bytes, new Uint8Array(13).fill(0x22));
      const view = larger.subarray(13, 13 + bytes.length);
      assert.equal(JSON.stringify(decodeSpans(view, format)), JSON.stringify(decodeSpans(bytes, format)), name);
    }
  });

  it('refuse OTLP values that nest 100,000 levels', () => {
    let value = proto.field(1, 'x');
    for (let i = 0; i < 200; i++) value = proto.field(5, proto.field(1, value));
    const attribute = proto.field(9, proto.field(1, 'k'), proto.field(2, value));
    const request = proto.field(1, proto.field(2, proto.field(2, attribute)));
    assert.throws(() => decodeSpans(request, 'otlp-proto'), { code: 'too-large' });
    const open = '{"arrayValue":{"values":['.repeat(100_000);
    const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[{"key":"k","value":${open}`;
    assert.throws(() => decodeSpans(bytesOf(json), 'otlp-json'), { code: 'too-large' });
  });
});
