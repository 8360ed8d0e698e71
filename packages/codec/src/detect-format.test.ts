import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFixtures } from '../test/fixtures.ts';
import { bytesOf } from '../test/wire.ts';
import { checkFormat, detectFormat, encodeSpans, type Format } from './index.ts';

const SPANS = [
  { traceId: '0000000000000001', id: '0000000000000002', localEndpoint: { serviceName: 'a' }, tags: { a: 'b' } },
];

describe('the detection of formats', () => {
  for (const format of ['json-v2', 'json-v1', 'thrift', 'proto3', 'otlp-json'] as const) {
    it(`knows ${format} by its content`, () => {
      assert.equal(detectFormat(encodeSpans(SPANS, format)), format);
    });
  }

  it('knows every fixture but OTLP protobuf, a JSON list without v2 fields and a single span', () => {
    const unknown = new Set(['json-v2/minimal.body', 'thrift/single-span.hex']);
    for (const { name, format, bytes } of loadFixtures())
      if (format !== 'otlp-proto' && !unknown.has(name)) assert.equal(detectFormat(bytes), format, name);
  });

  it('takes JSON for v2 by tags alone, and otherwise for v1', () => {
    assert.equal(detectFormat(bytesOf('[{"tags":{}}]')), 'json-v2');
    assert.equal(detectFormat(bytesOf('[{"remoteEndpoint":null}]')), 'json-v2');
    assert.equal(detectFormat(bytesOf('[{"traceId":"1","id":"1"}]')), 'json-v1');
    assert.equal(detectFormat(bytesOf('[]')), 'json-v1');
  });

  it('tolerates the wrong element type of some reporters for thrift', () => {
    assert.equal(detectFormat(bytesOf(11, 0, 0, 0, 0)), 'thrift');
  });

  it('refuses single spans and everything else', () => {
    const message = (bytes: Uint8Array): string => {
      try {
        return detectFormat(bytes);
      } catch (error) {
        return (error as Error).message;
      }
    };
    const single = 'Expected json, proto3 or thrift list encoding';
    assert.equal(message(bytesOf('{"traceId":"1","localEndpoint":{}}')), single);
    assert.equal(message(bytesOf(10, 0, 1)), single);
    assert.equal(message(bytesOf('h')), 'Could not detect the span format');
    assert.equal(message(bytesOf(' []')), 'Could not detect the span format');
    assert.match(message(new Uint8Array()), /Empty message/);
  });
});

describe('the check of a format that was announced', () => {
  const refuses = (body: string | Uint8Array, expected: Format, message: string): void => {
    assert.throws(() => checkFormat(bytesOf(body), expected), {
      name: 'TracekinError',
      code: 'invalid-argument',
      message,
    });
  };

  it('passes what it should be', () => {
    for (const { bytes, format } of loadFixtures()) checkFormat(bytes, format);
    checkFormat(bytesOf('[{"traceId":"1","id":"1"}]'), 'json-v2');
    checkFormat(bytesOf('[{"traceId":"1","id":"1"}]'), 'json-v1');
  });

  it('refuses what is no list', () => {
    refuses(' []', 'json-v2', 'Expected a JSON_V2 encoded list\n');
    refuses('hello', 'json-v1', 'Expected a JSON_V1 encoded list\n');
    refuses('{}', 'proto3', 'Expected a PROTO3 encoded list\n');
    refuses('hello', 'thrift', 'Expected a THRIFT encoded list\n');
  });

  it('refuses JSON of the other version', () => {
    refuses('[{"binaryAnnotations":[]}]', 'json-v2', 'Expected a JSON_V2 encoded list, but received: JSON_V1\n');
    refuses('[{"localEndpoint":{}}]', 'json-v1', 'Expected a JSON_V1 encoded list, but received: JSON_V2\n');
    refuses('[{"tags":{}}]', 'json-v1', 'Expected a JSON_V1 encoded list, but received: JSON_V2\n');
  });
});
