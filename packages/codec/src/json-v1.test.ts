import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { loadFixture } from '../test/fixtures.ts';
import { decodeText, plain } from '../test/spans.ts';
import { decodeSpans, encodeSpanJsonV1 } from './index.ts';

const refuses = (text: string, message: string | RegExp): void => {
  assert.throws(() => decodeText(text, 'json-v1'), { name: 'TracekinError', code: 'invalid-argument', message });
};

describe('the JSON v1 decoder', () => {
  it('splits a span that client and server reported into one', () => {
    const spans = decodeSpans(loadFixture('json-v1/client-and-server.body').bytes, 'json-v1');
    const ids = {
      traceId: 'a1f00d77e3b95c429d2be77046a3f815',
      parentId: '9d2be77046a3f815',
      id: '9d2be77046a3f816',
      name: 'get',
    };
    const workshop = { serviceName: 'workshop', ipv4: '10.20.30.4', port: 3001 };
    const parcels = { serviceName: 'parcels', ipv4: '10.20.30.9', port: 7420 };
    assert.deepEqual(plain(spans), [
      {
        ...ids,
        kind: 'CLIENT',
        timestamp: 1795223597901102,
        duration: 118400,
        localEndpoint: workshop,
        remoteEndpoint: parcels,
        tags: { 'http.path': '/bay' },
      },
      {
        ...ids,
        kind: 'SERVER',
        timestamp: 1795223597950000,
        duration: 50000,
        localEndpoint: parcels,
        remoteEndpoint: { ...workshop, port: 52107 },
        annotations: [{ timestamp: 1795223597960000, value: 'cache miss' }],
        shared: true,
      },
    ]);
  });

  it('reads what py_zipkin 0.15 writes: a local span becomes client and shared server', () => {
    const spans = decodeSpans(loadFixture('json-v1/py-zipkin-0.15.body').bytes, 'json-v1');
    assert.deepEqual(
      spans.map(span => [span.kind, span.shared, span.duration]),
      [
        ['CLIENT', undefined, 2000171],
        ['SERVER', true, 2000171],
      ],
    );
  });

  it('takes nulls as absent and drops binary annotations that are neither text nor a true address', () => {
    assert.deepEqual(plain(decodeSpans(loadFixture('json-v1/addresses-only.body').bytes, 'json-v1')), [
      {
        traceId: '0000000000000001',
        id: '0000000000000002',
        localEndpoint: { serviceName: 'job' },
        remoteEndpoint: { serviceName: 'db' },
        debug: true,
      },
    ]);
  });

  it('refuses spans without ids, incomplete annotations and binary annotations without a key', () => {
    refuses('[{"id":"1"}]', 'traceId == 0 reading List<Span> from json');
    refuses('[{"traceId":"1"}]', 'id == 0 reading List<Span> from json');
    refuses('[{"traceId":"A","id":"1"}]', /^A should be lower-hex/);
    refuses(
      '[{"traceId":"1","id":"1","annotations":[{"timestamp":1}]}]',
      /^Incomplete annotation at \$\[0\]\.annotations\[0\]/,
    );
    refuses(
      '[{"traceId":"1","id":"1","binaryAnnotations":[{"value":"a"}]}]',
      /^No key at \$\[0\]\.binaryAnnotations\[0\]/,
    );
    refuses('{}', 'Malformed reading List<Span> from json');
  });

  it('counts the spans that a split makes towards the limit', () => {
    const text = new TextDecoder().decode(loadFixture('json-v1/client-and-server.body').bytes);
    assert.throws(
      () => decodeText(text, 'json-v1', { maxSpans: 1 }),
      (error: unknown) => error instanceof TracekinError && error.code === 'too-large',
    );
  });
});

describe('the JSON v1 encoder', () => {
  it('writes name and serviceName even when they are unknown', () => {
    assert.equal(
      encodeSpanJsonV1({
        traceId: '0000000000000001',
        id: '0000000000000002',
        localEndpoint: { port: 80 },
        tags: { 'a"': 'b' },
      }),
      '{"traceId":"0000000000000001","id":"0000000000000002","name":"","binaryAnnotations":[{"key":"a\\"","value":"b","endpoint":{"serviceName":"","port":80}}]}',
    );
  });

  it('writes core annotations and addresses', () => {
    assert.equal(
      encodeSpanJsonV1({
        traceId: '0000000000000001',
        parentId: '0000000000000003',
        id: '0000000000000002',
        kind: 'CLIENT',
        name: 'n',
        timestamp: 5,
        duration: 2,
        localEndpoint: { serviceName: 'a' },
        remoteEndpoint: { serviceName: 'b' },
        debug: true,
      }),
      '{"traceId":"0000000000000001","parentId":"0000000000000003","id":"0000000000000002","name":"n","timestamp":5,"duration":2,' +
        '"annotations":[{"timestamp":5,"value":"cs","endpoint":{"serviceName":"a"}},{"timestamp":7,"value":"cr","endpoint":{"serviceName":"a"}}],' +
        '"binaryAnnotations":[{"key":"sa","value":true,"endpoint":{"serviceName":"b"}}],"debug":true}',
    );
  });
});
