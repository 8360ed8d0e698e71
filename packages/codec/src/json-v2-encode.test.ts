import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFixture } from '../test/fixtures.ts';
import { decodeText } from '../test/spans.ts';
import { decodeSpans, encodeDependencyLinks, encodeJsonV2, encodeSpanJsonV2, encodeTracesJson } from './index.ts';

const TINY = { traceId: '0000000000000001', id: '0000000000000002' };

describe('the JSON v2 encoder', () => {
  it('writes fields in the order of Zipkin, without white space', () => {
    const [span] = decodeSpans(loadFixture('json-v2/client.body').bytes, 'json-v2');
    assert.equal(
      encodeSpanJsonV2({ ...span!, debug: true, kind: 'SERVER', shared: true }),
      '{"traceId":"2fd4c08a17be6593d07c55e1a9428b3f","parentId":"83be0f61c2a94d77","id":"c59a1e3370d8f246","kind":"SERVER",' +
        '"name":"get /orders","timestamp":1795223597901102,"duration":118400,' +
        '"localEndpoint":{"serviceName":"workshop","ipv4":"10.20.30.4","port":3001},' +
        '"remoteEndpoint":{"serviceName":"orders","ipv4":"10.20.30.9","ipv6":"2001:db8::7:19","port":7420},' +
        '"annotations":[{"timestamp":1795223597938000,"value":"connected"},{"timestamp":1795223597998000,"value":"first byte"}],' +
        '"tags":{"empty":"","http.path":"/orders","http.status_code":"200"},"debug":true,"shared":true}',
    );
  });

  it('leaves out what is absent', () => {
    assert.equal(encodeSpanJsonV2(TINY), '{"traceId":"0000000000000001","id":"0000000000000002"}');
    assert.equal(encodeSpanJsonV2({ ...TINY, tags: {}, annotations: [], debug: undefined }), encodeSpanJsonV2(TINY));
    assert.equal(encodeSpanJsonV2({ ...TINY, localEndpoint: { port: 1 } }).slice(54), '"localEndpoint":{"port":1}}');
  });

  it('escapes quotes, control characters and the line separators of JavaScript, and nothing else', () => {
    const name = '"\\\u0000\u001f\b\f\n\r\t\u2028\u2029/é😀\u007f';
    const json = encodeSpanJsonV2({ ...TINY, name });
    assert.ok(json.includes('"name":"\\"\\\\\\u0000\\u001f\\b\\f\\n\\r\\t\\u2028\\u2029/é😀\u007f"'), json);
    assert.equal(decodeText(`[${json}]`)[0]!.name, name);
  });

  it('writes tags in key order even where an object cannot hold it', () => {
    const [span] = decodeText('[{"traceId":"1","id":"2","tags":{"b":"1","10":"2","9":"3","!":"4"}}]');
    assert.ok(encodeSpanJsonV2(span!).endsWith('"tags":{"!":"4","10":"2","9":"3","b":"1"}}'));
  });

  it('writes lists, traces and links', () => {
    assert.equal(encodeJsonV2([]), '[]');
    assert.equal(encodeTracesJson([]), '[]');
    const tiny = encodeSpanJsonV2(TINY);
    assert.equal(encodeTracesJson([[TINY, TINY], [], [TINY]]), `[[${tiny},${tiny}],[],[${tiny}]]`);
    assert.equal(
      encodeDependencyLinks([
        { parent: 'a', child: 'b"', callCount: 2 },
        { parent: 'a', child: 'c', callCount: 2, errorCount: 1 },
        { parent: 'a', child: 'd', callCount: 2, errorCount: 0 },
      ]),
      '[{"parent":"a","child":"b\\"","callCount":2},{"parent":"a","child":"c","callCount":2,"errorCount":1},{"parent":"a","child":"d","callCount":2}]',
    );
  });
});
