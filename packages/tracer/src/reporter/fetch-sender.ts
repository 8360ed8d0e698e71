import { errorOfStatus, SendError, type Sender } from './sender.ts';

/** Where and how {@link fetchSender} posts. */
export interface FetchSenderOptions {
  /** The whole URL, e.g. `http://localhost:9411/api/v2/spans`. */
  readonly url: string;
  /** E.g. authorisation. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Milliseconds for one attempt. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** Compress with the platform's CompressionStream. Default false. */
  readonly gzip?: boolean | undefined;
}

/** Posts messages with `fetch`: browsers, Deno, Bun, Workers. In Node, `httpSender` of `@tracekin/tracer/node` costs less. */
export function fetchSender(options: FetchSenderOptions): Sender {
  return {
    async send(message, contentType) {
      const headers: Record<string, string> = { ...options.headers, 'content-type': contentType };
      let body = message as Uint8Array<ArrayBuffer>;
      if (options.gzip) {
        headers['content-encoding'] = 'gzip';
        const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
        body = new Uint8Array(await new Response(stream).arrayBuffer());
      }
      let response: Response;
      try {
        const signal = AbortSignal.timeout(options.timeoutMs ?? 10_000);
        response = await fetch(options.url, { method: 'POST', headers, body, signal });
        // An unread body would keep its connection from being used again.
        await response.arrayBuffer();
      } catch (error) {
        throw new SendError(`no answer from ${options.url}`, true, undefined, error);
      }
      const failure = errorOfStatus(response.status, response.headers.get('retry-after'));
      if (failure !== undefined) throw failure;
    },
    close: () => Promise.resolve(),
  };
}
