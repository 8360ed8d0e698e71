import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A collector for tests of whole processes: keeps the spans that are posted to it as Zipkin JSON. */
export interface Sink extends AsyncDisposable {
  readonly url: string;
  readonly spans: SinkSpan[];
  /** Resolves when there are `count` spans; rejects after `timeoutMs`. */
  waitFor(count: number, timeoutMs?: number): Promise<readonly SinkSpan[]>;
}

/** A span as it came over the wire. */
export interface SinkSpan {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly shared?: boolean;
  readonly localEndpoint?: { readonly serviceName?: string };
  readonly remoteEndpoint?: { readonly serviceName?: string; readonly ipv4?: string; readonly port?: number };
  readonly tags?: Readonly<Record<string, string>>;
}

/** Listens on a free port of 127.0.0.1. */
export async function startSink(): Promise<Sink> {
  const spans: SinkSpan[] = [];
  const server: Server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    spans.push(...(JSON.parse(body) as SinkSpan[]));
    response.writeHead(202).end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async waitFor(count, timeoutMs = 10_000) {
      const until = performance.now() + timeoutMs;
      while (spans.length < count) {
        if (performance.now() > until) {
          throw new Error(
            `${spans.length} of ${count} spans: ${spans.map(span => `${span.kind} ${span.name}`).join(', ')}`,
          );
        }
        await new Promise(resolve => setTimeout(resolve, 10));
      }
      return spans;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
