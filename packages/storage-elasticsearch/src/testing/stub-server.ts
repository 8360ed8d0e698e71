import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubAnswer {
  readonly status?: number;
  readonly body?: object;
}

export interface StubServer extends AsyncDisposable {
  readonly url: string;
  /** What was asked so far, e.g. `GET /`. */
  readonly requests: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
}

/** An HTTP server that answers as told; undefined never answers. */
export async function stubServer(answer: (request: IncomingMessage) => StubAnswer | undefined): Promise<StubServer> {
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    authorizations.push(request.headers.authorization);
    const found = answer(request);
    if (found === undefined) return;
    response.writeHead(found.status ?? 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found.body ?? {}));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    authorizations,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
