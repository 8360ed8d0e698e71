import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { frame, readUnary, trailersFrame } from './grpc-message.ts';

const MAX = 1 << 20;

test('a framed message is read back, plain and gzipped', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async message => {
      assert.deepEqual(new Uint8Array(await readUnary(frame(message), undefined, MAX)), message);
      const zipped = frame(gzipSync(message), 1);
      assert.deepEqual(new Uint8Array(await readUnary(zipped, 'gzip', MAX)), message);
    }),
    { numRuns: 30 },
  );
});

test('every truncation of a framed message is refused', async () => {
  const framed = frame(Buffer.from('twelve bytes'));
  await assert.rejects(readUnary(Buffer.alloc(0), undefined, MAX), { code: 'unsupported' });
  for (let length = 1; length < framed.length; length++) {
    await assert.rejects(readUnary(framed.subarray(0, length), undefined, MAX), { code: 'invalid-argument' });
  }
});

test('a second message, unknown flags and unknown encodings are refused', async () => {
  const one = frame(Buffer.from('a'));
  await assert.rejects(readUnary(Buffer.concat([one, one]), undefined, MAX), { code: 'unsupported' });
  await assert.rejects(readUnary(frame(Buffer.from('a'), 2), undefined, MAX), { code: 'invalid-argument' });
  await assert.rejects(readUnary(frame(Buffer.from('a'), 1), undefined, MAX), /needs a grpc-encoding/);
  await assert.rejects(readUnary(frame(Buffer.from('a'), 1), 'zstd', MAX), { code: 'unsupported', message: /zstd/ });
  await assert.rejects(readUnary(frame(Buffer.from('no gzip'), 1), 'gzip', MAX), { message: 'Cannot gunzip spans' });
});

test('a message that is too long after gunzip is refused', async () => {
  await assert.rejects(readUnary(frame(gzipSync(Buffer.alloc(5000)), 1), 'gzip', 4999), { code: 'too-large' });
});

test('the trailers of gRPC-Web are a frame of header lines', () => {
  const framed = trailersFrame({ 'grpc-status': '0' });
  assert.deepEqual([framed[0], framed.readUInt32BE(1)], [0x80, 16]);
  assert.equal(framed.subarray(5).toString(), 'grpc-status: 0\r\n');
});
