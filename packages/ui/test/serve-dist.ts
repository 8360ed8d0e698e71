import { readFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

// Puts the built UI in front of any Zipkin server, as a reverse proxy would: this is how the UI is tested against the real
// Zipkin, which ships a UI of its own. Same policy header as our server's, so that a violation shows.

export interface ServeDistOptions {
  /** Folder with index.html. */
  readonly dist: string;
  /** Where API requests go, e.g. `http://127.0.0.1:9411`. */
  readonly backend: string;
  /** Path under which the UI appears. Default `/zipkin/`. */
  readonly base?: string;
  readonly port?: number;
}

export interface ServedDist extends AsyncDisposable {
  /** With the base path and a slash at the end. */
  readonly url: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
};
export const CONTENT_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'";

export async function serveDist({ dist, backend, base = '/zipkin/', port = 0 }: ServeDistOptions): Promise<ServedDist> {
  const server = createServer((request, response) => {
    void answer(request, response).catch(error => response.writeHead(500).end(String(error)));
  });
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', 'http://any');
    if (pathname.startsWith(base)) {
      const rest = pathname.slice(base.length);
      if (rest.startsWith('api/') || rest === 'config.json')
        return proxy(request, response, `/zipkin/${rest}${search}`);
      return sendFile(response, rest);
    }
    return proxy(request, response, pathname + search);
  }
  async function sendFile(response: ServerResponse, path: string): Promise<void> {
    // `compare/{a}...{b}` has dots and is no file.
    const name = extname(path) === '' || path.includes('...') || path === 'index.html' ? 'index.html' : path;
    const file = join(dist, normalize(`/${name}`));
    const body = await readFile(file).catch(() => undefined);
    if (body === undefined) return void response.writeHead(404).end();
    const type = TYPES[extname(name)] ?? 'application/octet-stream';
    response.writeHead(200, {
      'content-type': type,
      ...(name === 'index.html' && { 'content-security-policy': CONTENT_POLICY }),
    });
    response.end(
      name === 'index.html' ? body.toString().replace('<base href="/zipkin/">', `<base href="${base}">`) : body,
    );
  }
  function proxy(request: IncomingMessage, response: ServerResponse, path: string): void {
    const { host: _, ...headers } = request.headers;
    const upstream = httpRequest(new URL(path, backend), { method: request.method ?? 'GET', headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', error => response.headersSent || response.writeHead(502).end(String(error)));
    request.pipe(upstream);
  }
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
