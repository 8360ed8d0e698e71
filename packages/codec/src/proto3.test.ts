import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadFixture } from '../test/fixtures.ts';
import { plain } from '../test/spans.ts';
import { bytesOf, fromHex, proto, toHex } from '../test/wire.ts';
import { decodeSpans, encodeSpans } from './index.ts';

const IDS = bytesOf(proto.field(1, fromHex('9d2be77046a3f815')), proto.field(3, fromHex('9d2be77046a3f816')));
const EMPTY = { traceId: '9d2be77046a3f815', id: '9d2be77046a3f816' };
const decode = (...fields: Uint8Array[]): unknown => plain(decodeSpans(proto.field(1, ...fields), 'proto3'));
const refuses = (bytes: Uint8Array, message: string | RegExp): void => {
  assert.throws(() => decodeSpans(bytes, 'proto3'), { name: 'TracekinError', code: 'invalid-argument', message });
};

describe('the proto3 decoder', () => {
  it('reads every field, skips unknown ones and drops an annotation without a time', () => {
    const [span] = plain(decodeSpans(loadFixture('proto3/client.hex').bytes, 'proto3')) as unknown[];
    assert.deepEqual(span, {
      traceId: '2fd4c08a17be6593d07c55e1a9428b3f',
      parentId: '83be0f61c2a94d77',
      id: 'c59a1e3370d8f246',
      kind: 'CLIENT',
      name: 'get /orders',
      timestamp: 1795223597901102,
      duration: 118400,
      localEndpoint: { serviceName: 'workshop', ipv4: '10.20.30.4', port: 3001 },
      remoteEndpoint: { serviceName: 'orders', ipv6: '2001:db8::7:19', port: 7420 },
      annotations: [{ timestamp: 1795223597901107, value: 'connected' }],
      tags: { a: '2', empty: '', 'http.path': '/orders', novalue: '' },
      debug: true,
    });
  });

  it('reads several lists one after the other, as py_zipkin posts them', () => {
    const spans = plain(decodeSpans(loadFixture('proto3/concatenated.hex').bytes, 'proto3')) as unknown[];
    assert.deepEqual(spans[1], { traceId: '9d2be77046a3f815', id: '0000000000000001', shared: true });
  });

  it('takes a kind out of range, negative times and empty endpoints as absent', () => {
    assert.deepEqual(
      decode(
        IDS,
        proto.varint(4, 77),
        proto.fixed64(6, -1n),
        proto.varint(7, -1n),
        proto.field(8),
        proto.field(9, proto.varint(4, 0)),
      ),
      [EMPTY],
    );
  });

  it('moves an address to the field of its family and ignores one of odd length', () => {
    const mapped = fromHex('00000000000000000000ffff0a010203');
    assert.deepEqual(
      decode(IDS, proto.field(8, proto.field(3, mapped)), proto.field(9, proto.field(2, Uint8Array.of(1, 2, 3)))),
      [{ ...EMPTY, localEndpoint: { ipv4: '10.1.2.3' } }],
    );
  });

  it('keeps an integer of up to 2^53 - 1 and refuses larger ones', () => {
    assert.deepEqual(decode(IDS, proto.varint(7, 2n ** 53n - 1n)), [{ ...EMPTY, duration: Number.MAX_SAFE_INTEGER }]);
    refuses(proto.field(1, IDS, proto.varint(7, 2n ** 53n)), /^duration should be below 2\^53 reading/);
    refuses(proto.field(1, IDS, proto.fixed64(6, 2n ** 62n)), /^timestamp should be below 2\^53/);
    for (let bit = 0n; bit < 53n; bit++)
      assert.deepEqual(decode(IDS, proto.varint(7, 2n ** bit)), [{ ...EMPTY, duration: Number(2n ** bit) }]);
  });

  it('refuses wrong ids', () => {
    const id = proto.field(3, fromHex('01'));
    refuses(proto.field(1, id), 'Missing : traceId reading List<Span> from proto3');
    refuses(proto.field(1, proto.field(1, fromHex('01'))), 'Missing : id reading List<Span> from proto3');
    refuses(
      proto.field(1, proto.field(1, new Uint8Array(16)), id),
      'traceId is all zeros reading List<Span> from proto3',
    );
    refuses(proto.field(1, proto.field(1, new Uint8Array(17).fill(1)), id), /^traceId\.length > 32/);
    refuses(proto.field(1, proto.field(1, fromHex('01')), proto.field(3, new Uint8Array(8))), /^id is all zeros/);
    refuses(
      proto.field(1, proto.field(1, fromHex('01')), proto.field(3, new Uint8Array(9).fill(1))),
      /^id\.length > 16/,
    );
  });

  it('refuses what is truncated or no protobuf, with the text of Zipkin', () => {
    refuses(bytesOf(0x0a, 66, 'too few!'), 'Truncated: length 66 > bytes available 8 reading List<Span> from proto3');
    refuses(bytesOf(0x0a), /^Truncated/);
    refuses(bytesOf(0x00), /^Malformed: field number was zero at byte 0/);
    refuses(bytesOf(0x0b), /^Malformed: invalid wire type 3 at byte 0/);
    refuses(bytesOf(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01), /^Greater than 32-bit varint/);
    refuses(proto.field(1, IDS, bytesOf(0x38, ...new Array<number>(11).fill(0xff))), /^Greater than 64-bit varint/);
    refuses(proto.field(1, IDS, bytesOf(0x42, 100, 1)), /^Truncated: length 100 > bytes available 1/);
  });
});

describe('the proto3 encoder', () => {
  it('writes the bytes that are built by hand', () => {
    const expected = proto.field(
      1,
      proto.field(1, fromHex('2fd4c08a17be6593d07c55e1a9428b3f')),
      proto.field(2, fromHex('83be0f61c2a94d77')),
      proto.field(3, fromHex('c59a1e3370d8f246')),
      proto.varint(4, 2),
      proto.field(5, 'é'.repeat(100)),
      proto.fixed64(6, 1795223597901102),
      proto.varint(7, 2 ** 40),
      proto.field(
        8,
        proto.field(1, 'a'),
        proto.field(2, Uint8Array.of(10, 0, 0, 1)),
        proto.field(3, fromHex('20010db8000000000000000000070019')),
        proto.varint(4, 300),
      ),
      proto.field(10, proto.fixed64(1, 5), proto.field(2, 'x')),
      proto.field(11, proto.field(1, 'k'), proto.field(2, 'v'.repeat(20_000))),
      proto.varint(12, 1),
      proto.varint(13, 1),
    );
    const span = {
      traceId: '2fd4c08a17be6593d07c55e1a9428b3f',
      parentId: '83be0f61c2a94d77',
      id: 'c59a1e3370d8f246',
      kind: 'SERVER' as const,
      name: 'é'.repeat(100),
      timestamp: 1795223597901102,
      duration: 2 ** 40,
      localEndpoint: { serviceName: 'a', ipv4: '10.0.0.1', ipv6: '2001:db8::7:19', port: 300 },
      annotations: [{ timestamp: 5, value: 'x' }],
      tags: { k: 'v'.repeat(20_000) },
      debug: true as const,
      shared: true as const,
    };
    assert.equal(toHex(encodeSpans([span], 'proto3')), toHex(expected));
  });
});
