import type { Agent, IncomingMessage } from 'node:http';
import { postBlocking } from './blocking-post.ts';
import { errorOfStatus, SendError, type Sender } from './sender.ts';

/** Where and how {@link httpSender} posts. */
export interface HttpSenderOptions {
  /** The whole URL, http or https, e.g. `http://localhost:9411/api/v2/spans`. */
  readonly url: string;
  /** E.g. authorisation. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds for one attempt. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Compress messages. Default: unless the collector is on this machine, where it would cost more than it saves. */
  readonly gzip?: boolean | undefined;
}

/** A message below this size is not worth compressing, bytes. */
const GZIP_FROM_BYTES = 1_024;
const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Posts messages over one kept-alive connection of node:http, which it loads when the first message is sent. */
export function httpSender(options: HttpSenderOptions): Sender {
  const url = new URL(options.url);
  const gzip = options.gzip ?? !LOOPBACK.test(url.hostname);
  const timeoutMs = options.timeoutMs ?? 10_000;
  let agent: Agent | undefined;

  return {
    async send(message, contentType) {
      const http = await (url.protocol === 'https:' ? import('node:https') : import('node:http'));
      agent ??= new http.Agent({ keepAlive: true, maxSockets: 1 });
      const headers: Record<string, string | number> = { ...options.headers, 'content-type': contentType };
      let body = message;
      if (gzip && message.length >= GZIP_FROM_BYTES) {
        body = await compress(message);
        headers['content-encoding'] = 'gzip';
      }
      headers['content-length'] = body.length;
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        const request = http.request(url, { method: 'POST', headers, agent: agent!, timeout: timeoutMs }, resolve);
        request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
        request.on('error', error => reject(new SendError(error.message || url.host, true, undefined, error)));
        request.end(body);
      });
      response.on('error', () => {});
      response.resume();
      const failure = errorOfStatus(response.statusCode ?? 0, response.headers['retry-after']);
      if (failure !== undefined) throw failure;
    },
    sendBlocking: (message, contentType) =>
      postBlocking(url, { ...options.headers, 'content-type': contentType }, message),
    async close() {
      agent?.destroy();
    },
  };
}

async function compress(message: Uint8Array): Promise<Uint8Array> {
  const { gzip } = await import('node:zlib');
  // Level 1 halves the processor time of the default and makes span JSON about a tenth larger.
  return await new Promise((resolve, reject) => {
    gzip(message, { level: 1 }, (error, result) => (error ? reject(error) : resolve(result)));
  });
}
