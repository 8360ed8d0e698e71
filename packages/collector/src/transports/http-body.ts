import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { TracekinError } from '@tracekin/model';

const gunzipOnThread = promisify(gunzip);

/** Up to this size unzipping in place costs less than it takes to hand the work to a thread, about a millisecond. */
const inPlaceBytes = 512 << 10;

/**
 * Everything a request sends, at most `maxBytes`, as it arrived. Rejects with `too-large` as soon as it is known to be more
 * (by `declaredBytes`, the Content-Length, before anything is read), with `invalid-argument` when the sender breaks off.
 */
export function readBody(payload: Readable, declaredBytes: number, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const tooLarge = (): TracekinError => new TracekinError('too-large', `the body is larger than ${maxBytes} bytes`);
    if (declaredBytes > maxBytes) {
      reject(tooLarge());
      return;
    }
    const stop = (): void => {
      payload.off('data', onData).off('end', onEnd).off('error', onError).off('close', onClose);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        stop();
        reject(tooLarge());
      } else chunks.push(chunk);
    };
    const onEnd = (): void => {
      stop();
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    };
    const onError = (cause: unknown): void => {
      stop();
      reject(new TracekinError('invalid-argument', 'the body could not be read', { cause }));
    };
    const onClose = (): void => onError(new Error('the connection was closed before the body ended'));
    payload.on('data', onData).on('end', onEnd).on('error', onError).on('close', onClose);
  });
}

/**
 * A gzipped body unzipped, at most `maxBytes` of it: beyond that it rejects with `too-large` without having held more. Bodies
 * that are more than small are unzipped on another thread. Rejects with `invalid-argument` and Zipkin's text (zipkin.md 1.5)
 * for what is not gzip; an empty body, zipped or not, is empty (zipkin.md 12 tells who sends that).
 */
export async function gunzipBody(body: Buffer, maxBytes: number): Promise<Buffer> {
  if (body.length === 0) return body;
  try {
    if (claimedBytes(body) <= inPlaceBytes && body.length <= inPlaceBytes / 4) {
      try {
        return gunzipSync(body, { maxOutputLength: Math.min(inPlaceBytes, maxBytes) });
      } catch (error) {
        // It is longer than it claims.
        if (!isTooLong(error)) throw error;
      }
    }
    return await gunzipOnThread(body, { maxOutputLength: maxBytes, chunkSize: 256 << 10 });
  } catch (error) {
    if (isTooLong(error))
      throw new TracekinError('too-large', `the body is larger than ${maxBytes} bytes after gunzip`);
    throw new TracekinError('invalid-argument', 'Cannot gunzip spans', { cause: error });
  }
}

/**
 * Frees the memory of a body that was dealt with; the buffer is empty then. Whatever the collector keeps of a message are copies.
 * V8 counts message buffers as memory of its own, and looked for garbage once or twice a second for nothing else. Memory that a
 * buffer shares is left alone.
 */
export function giveBack({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** Gzip ends with the length of what it holds, modulo 2^32 (RFC 1952). A hint: the sender may write anything there. */
const claimedBytes = (body: Buffer): number => (body.length < 4 ? 0 : body.readUInt32LE(body.length - 4));

const isTooLong = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
