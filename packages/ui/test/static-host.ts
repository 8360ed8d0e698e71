import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, relative } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.html': 'text/html',
  '.svg': 'image/svg+xml',
};

/**
 * A built UI and what its API answers, held in memory. A UI is measured (by `performance.it.test.ts` and `bench/ui`) without a server behind it, so that a figure says
 * what the browser does. Cross-origin isolation lets the page measure the memory of its worker too.
 *
 * @param base where the UI lives, `/zipkin` or the empty string
 * @param answers JSON by path below the base
 */
export async function startStaticHost(
  dist: string,
  base: string,
  answers: ReadonlyMap<string, Uint8Array>,
  port = 0,
): Promise<Server> {
  // All of it at once: a build in the meantime would take the files away.
  const files = new Map<string, Buffer>();
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(dist, file)}`, readFileSync(file));
  }
  const index = files.get('/index.html');
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname.slice(base.length);
    response.setHeader('cross-origin-opener-policy', 'same-origin');
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    const answer = answers.get(path);
    if (answer !== undefined) {
      response.setHeader('content-type', 'application/json');
      response.setHeader('content-length', answer.length);
      response.end(answer);
    } else if (path.startsWith('/api/')) response.writeHead(404).end('not found');
    else if (extname(path) !== '') {
      const body = files.get(path);
      if (body === undefined) response.writeHead(404).end();
      else response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(body);
    } else response.setHeader('content-type', 'text/html').end(index);
  });
  await new Promise<void>(resolve => server.listen(port, '127.0.0.1', resolve));
  return server;
}
