import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { encodeGrpcMessage, grpcFailure } from './grpc-status.ts';

test('a refusal keeps its text and a defect does not', () => {
  const refused = grpcFailure(new TracekinError('invalid-argument', 'bad span'));
  assert.deepEqual([refused.code, refused.message], [3, 'bad span']);
  assert.equal(refused.status.toString('hex'), `08031208${Buffer.from('bad span').toString('hex')}`);
  const defect = grpcFailure(new TypeError('secret'));
  assert.deepEqual([defect.code, defect.message], [13, 'internal error']);
});

test('overload says when to try again, as RetryInfo', () => {
  const { code, status } = grpcFailure(new TracekinError('overloaded', 'full', { retryAfterMs: 1500 }));
  assert.equal(code, 8);
  // Status{1: 8, 2: "full", 3: Any{1: type, 2: RetryInfo{1: Duration{1: 1, 2: 500000000}}}}
  const type = Buffer.from('type.googleapis.com/google.rpc.RetryInfo');
  const info = Buffer.concat([
    Buffer.from([0x0a, type.length]),
    type,
    Buffer.from([0x12, 0x0a, 0x0a, 0x08, 0x08, 0x01, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]),
  ]);
  const expected = Buffer.concat([
    Buffer.from('08081204', 'hex'),
    Buffer.from('full'),
    Buffer.from([0x1a, info.length]),
    info,
  ]);
  assert.equal(status.toString('hex'), expected.toString('hex'));
});

test('messages are percent-encoded as headers need it', () => {
  assert.equal(encodeGrpcMessage('100% é\n'), '100%25 %C3%A9%0A');
  assert.equal(encodeGrpcMessage('\u{1F600}'), '%F0%9F%98%80');
  assert.ok(encodeGrpcMessage('\u{1F600}'.repeat(100_000)).length < 2100, 'headers have limits');
});
