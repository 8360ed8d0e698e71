import { fileURLToPath } from 'node:url';
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { answerStatus } from '../http/error-handler.ts';
import type { Settings } from '../settings/settings.ts';
import { IndexPages, NOT_BUILT_PAGE } from './index-page.ts';
import { matchesEtag } from './ui-config.ts';

/** Where `npm run build:ui` puts the UI. */
export const UI_DIRECTORY: string = fileURLToPath(new URL('../../../ui/dist', import.meta.url));

/** Names of files rather than of pages: a page's last part may be a service such as `shop.cart`, or `a...b`. */
const ASSET = /\.(?:js|css|map|json|svg|png|ico|woff2?|wasm|txt|webmanifest)$/;
/** Vite names these by content. */
const HASHED = /^assets\/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$/;
const YEAR = 31_536_000;
/** Names that stay the same over versions. */
const MINUTE = 60;

/**
 * The UI under `/zipkin/`: assets, and index.html for every path that looks like a page, since the UI does its own routing
 * (ui.md 5.2). Redirects of zipkin.md 1.7 keep the query string.
 */
export function uiRoutes(settings: Settings, directory: string = UI_DIRECTORY): FastifyPluginAsync {
  const pages = new IndexPages(directory, settings.uiBasepath);
  const policy = contentPolicy(settings);

  return async app => {
    const { default: fastifyStatic } = await import('@fastify/static');
    await app.register(fastifyStatic, {
      root: directory,
      serve: false,
      preCompressed: true,
      // Answers may be compressed on the way, of which a range would be wrong.
      acceptRanges: false,
      suppressWarning: true,
    } as never);

    for (const [from, to] of [
      ['/', '/zipkin/'],
      ['/zipkin', '/zipkin/'],
      ['/favicon.ico', '/zipkin/favicon.ico'],
    ] as const) {
      app.get(from, { exposeHeadRoute: true }, (request, reply) => {
        const mark = request.url.indexOf('?');
        reply
          .code(302)
          .header('location', mark < 0 ? to : to + request.url.slice(mark))
          .header('content-length', 0)
          .send();
      });
    }
    app.get<{ Params: { '*': string } }>('/zipkin/*', { exposeHeadRoute: true }, async (request, reply) => {
      const path = request.params['*'];
      if (path.startsWith('api/')) return answerStatus(reply, 404, 'Not Found');
      if (path !== 'index.html' && ASSET.test(path)) return sendAsset(reply, path);
      return sendPage(request, reply);
    });
  };

  function sendAsset(reply: FastifyReply, path: string): FastifyReply {
    const hashed = HASHED.test(path);
    reply.header('x-content-type-options', 'nosniff');
    return reply.sendFile(path, { maxAge: (hashed ? YEAR : MINUTE) * 1000, immutable: hashed });
  }

  async function sendPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const page = await pages.read();
    reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
    });
    if (page === undefined) return reply.header('cache-control', 'no-store').send(Buffer.from(NOT_BUILT_PAGE));
    reply.headers({ 'cache-control': 'max-age=60', etag: page.etag });
    return matchesEtag(request.headers['if-none-match'], page.etag) ? reply.code(304).send() : reply.send(page.html);
  }
}

/** Neither scripts nor styles from anywhere else or inline. Any page may embed the UI. */
function contentPolicy(settings: Settings): string {
  const archive = settings.uiArchivePostUrl;
  const archiveOrigin = archive?.startsWith('http') ? ` ${new URL(archive).origin}` : '';
  return [
    "default-src 'self'",
    "img-src 'self' data: blob:",
    "worker-src 'self' blob:",
    `connect-src 'self'${archiveOrigin}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
  ].join('; ');
}
