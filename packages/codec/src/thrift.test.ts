import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { loadFixture } from '../test/fixtures.ts';
import { plain } from '../test/spans.ts';
import { bytesOf, thrift } from '../test/wire.ts';
import { decodeSpans, thriftBodyOf } from './index.ts';

const decodeFixture = (name: string) => decodeSpans(loadFixture(`thrift/${name}.hex`).bytes, 'thrift');
const decode = (...fields: Uint8Array[]) => decodeSpans(bytesOf(thrift.header(1), ...fields, thrift.stop), 'thrift');
const refuses = (bytes: Uint8Array, message: string | RegExp): void => {
  assert.throws(() => decodeSpans(bytes, 'thrift'), { name: 'TracekinError', code: 'invalid-argument', message });
};
const IDS = bytesOf(thrift.i64(1, 1), thrift.i64(4, 2));

describe('the thrift decoder', () => {
  it('reads 128-bit ids, tags, addresses, ports above 32767 and IPv6, and skips unknown fields of every type', () => {
    assert.deepEqual(plain(decodeFixture('client-128bit')), [
      {
        traceId: 'a1f00d77e3b95c429d2be77046a3f815',
        parentId: '0000000000000005',
        id: '0000000000000007',
        kind: 'CLIENT',
        name: 'get',
        timestamp: 1795223597901102,
        duration: 118400,
        localEndpoint: { serviceName: 'workshop', ipv4: '127.0.0.1', port: 3001 },
        remoteEndpoint: { serviceName: 'parcels', ipv6: '2001:db8::7:19', port: 54321 },
        annotations: [{ timestamp: 1795223597901202, value: 'ws' }],
        tags: { 'http.path': '/bay' },
        debug: true,
      },
    ]);
  });

  it('reads what py_zipkin 0.7 sent in the demo of 2017', () => {
    const local = decodeFixture('py-zipkin-0.7-local');
    assert.deepEqual(
      local.map(span => [span.kind, span.name, span.shared, span.duration]),
      [
        ['CLIENT', 'do_stuff', undefined, 2000171],
        ['SERVER', 'do_stuff', true, 2000171],
      ],
    );
    const [server] = decodeFixture('py-zipkin-0.7-server');
    assert.deepEqual(
      [server!.kind, server!.shared, server!.timestamp, server!.duration],
      ['SERVER', true, 1795223597901112, 5000000],
    );
  });

  it('ignores the element type of the list and bytes behind it', () => {
    const body = bytesOf(11, 0, 0, 0, 1, IDS, 0, 'more');
    assert.equal(decodeSpans(body, 'thrift').length, 1);
    assert.deepEqual(decodeSpans(thrift.header(0), 'thrift'), []);
  });

  it('takes negative and zero times, a parent of zero and an address of zero as absent', () => {
    const endpoint = thrift.struct(3, thrift.i32(1, 0), thrift.i16(2, 0), thrift.string(3, ''));
    const spans = decode(
      IDS,
      thrift.i64(5, 0),
      thrift.i64(10, -5),
      thrift.i64(11, 0),
      thrift.list(6, [thrift.i64(1, 9), thrift.string(2, 'a'), endpoint]),
    );
    assert.deepEqual(plain(spans), [
      { traceId: '0000000000000001', id: '0000000000000002', annotations: [{ timestamp: 9, value: 'a' }] },
    ]);
  });

  it('refuses ids of zero and times from 2^53 on', () => {
    refuses(bytesOf(thrift.header(1), thrift.i64(4, 2), 0), 'traceId == 0 reading List<Span> from TBinary');
    refuses(
      bytesOf(thrift.header(1), thrift.i64(1, 0), thrift.i64(4, 2), 0),
      'traceId == 0 reading List<Span> from TBinary',
    );
    refuses(bytesOf(thrift.header(1), thrift.i64(1, 1), 0), 'id == 0 reading List<Span> from TBinary');
    refuses(bytesOf(thrift.header(1), IDS, thrift.i64(10, 2n ** 53n), 0), /^timestamp should be below 2\^53/);
  });

  it('refuses lengths beyond what is left, negative ones and types of no size', () => {
    refuses(
      bytesOf(12, 0x7f, 0xff, 0xff, 0xff),
      'Truncated: length 2147483647 > bytes available 0 reading List<Span> from TBinary',
    );
    refuses(bytesOf(12, 0xff, 0xff, 0xff, 0xff, 0), /^Truncated: length -1 /);
    refuses(
      bytesOf(thrift.header(1), IDS, 11, 0, 3, 0, 0, 1, 0, 'x'),
      'Truncated: length 256 > bytes available 1 reading List<Span> from TBinary',
    );
    refuses(
      bytesOf(thrift.header(1), IDS, 15, 0, 90, 1, 0, 0, 0, 9, new Uint8Array(20)),
      /^Malformed: unknown type 1 at byte/,
    );
  });

  it('refuses to follow structures deeper than its limit', () => {
    const deep = bytesOf(thrift.header(1), ...Array.from({ length: 100_000 }, () => Uint8Array.of(12, 0, 99)));
    assert.throws(
      () => decodeSpans(deep, 'thrift'),
      (error: unknown) => error instanceof TracekinError && error.code === 'too-large',
    );
  });
});

describe('bodies posted as thrift that are no thrift list', () => {
  it('reads a list behind the list header of the 2017 demo', () => {
    const spans = decodeFixture('py-zipkin-0.9-double-header');
    assert.deepEqual(
      spans.map(span => span.name),
      ['do_stuff', 'do_stuff', 'index_service1'],
    );
  });

  it('reads JSON behind the list header of the 2017 demo', () => {
    const spans = decodeFixture('py-zipkin-0.21-json');
    assert.deepEqual(
      spans.map(span => [span.name, span.kind]),
      [
        ['do_stuff', undefined],
        ['index', 'SERVER'],
      ],
    );
    const v1 = loadFixture('json-v1/py-zipkin-0.15.body').bytes;
    assert.equal(decodeSpans(bytesOf(thrift.header(1), v1), 'thrift').length, 2);
  });

  it('reads a span without any list', () => {
    assert.deepEqual(plain(decodeFixture('single-span')), plain(decodeFixture('py-zipkin-0.7-local')));
  });

  it('tells them from a list of one span', () => {
    const shapes = ['py-zipkin-0.7-local', 'py-zipkin-0.9-double-header', 'py-zipkin-0.21-json', 'single-span'];
    assert.deepEqual(
      shapes.map(name => thriftBodyOf(loadFixture(`thrift/${name}.hex`).bytes)),
      ['list', 'list-in-list', 'json-in-list', 'single-span'],
    );
  });

  it('names the encoding that is wrong when such a body cannot be read', () => {
    refuses(bytesOf(thrift.header(1), '[{"id":'), /reading List<Span> from json$/);
    refuses(
      bytesOf(thrift.header(1), thrift.header(9)),
      /^Truncated: length 9 > bytes available 0 reading List<Span> from TBinary$/,
    );
  });
});
