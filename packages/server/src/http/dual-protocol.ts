import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';
import type { Socket } from 'node:net';

/** What serves a request, whichever protocol brought it. */
export type RequestHandler = (request: http.IncomingMessage, response: http.ServerResponse) => unknown;

export interface DualProtocolOptions {
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** Room for `traceMany` with its 1,000 ids of 32 characters, which Zipkin's 4 KiB does not have. */
export const MAX_HEADER_BYTES: number = 64 * 1024;
/** Longer than the 60 s for which common proxies keep an idle connection, so that they close it and not we under their request. */
const KEEP_ALIVE_MS = 65_000;
const FIRST_BYTE_MS = 30_000;
const IDLE_SESSION_MS = 300_000;

/** The first bytes of an HTTP/2 connection (RFC 9113, 3.4). No HTTP/1 method begins with its first three. */
const PREFACE = Buffer.from('PRI');

/**
 * A server for one port that speaks HTTP/1.1 and HTTP/2 without TLS (prior knowledge), told apart by the first bytes of a
 * connection; with TLS, by ALPN. `Upgrade: h2c` is ignored, which RFC 9110 allows: the request is answered in HTTP/1.1.
 */
export function createDualProtocolServer(handler: RequestHandler, options: DualProtocolOptions = {}): http.Server {
  const http2Handler = (request: http2.Http2ServerRequest, response: http2.Http2ServerResponse): void => {
    if (request.httpVersionMajor === 2) announceBody(request);
    handler(request as unknown as http.IncomingMessage, response as unknown as http.ServerResponse);
  };
  const settings = { maxConcurrentStreams: 256, maxHeaderListSize: MAX_HEADER_BYTES };
  if (options.tls) {
    const tls = { cert: readFileSync(options.tls.cert), key: readFileSync(options.tls.key) };
    const secure = http2.createSecureServer({ ...tls, allowHTTP1: true, settings }, http2Handler);
    manageSessions(secure, secure);
    return secure as unknown as http.Server;
  }

  const server = http.createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true },
    handler,
  );
  const sessions = http2.createServer({ settings }, http2Handler);
  manageSessions(sessions, server);
  sessions.on('sessionError', () => {}); // A broken peer; its streams have been told.

  const [serveHttp1] = server.listeners('connection') as [(socket: Socket) => void];
  server.removeAllListeners('connection');
  const undecided = new Set<Socket>();
  server.on('connection', socket => {
    undecided.add(socket);
    sniff(socket, protocol => {
      undecided.delete(socket);
      if (protocol === 'http1') serveHttp1.call(server, socket);
      else if (protocol === 'http2') sessions.emit('connection', socket);
    });
  });
  const close = server.close.bind(server);
  server.close = callback => {
    for (const socket of undecided) socket.destroy();
    return close(callback);
  };
  return server;
}

/**
 * HTTP/2 bodies need neither a length nor a transfer encoding, but Fastify takes a request without both for one without a
 * body: it would acknowledge spans that it never read.
 */
function announceBody({ headers, stream }: http2.Http2ServerRequest): void {
  if (headers['content-length'] === undefined && !stream.endAfterHeaders) headers['transfer-encoding'] = 'chunked';
}

/** Reads up to three bytes, puts them back and says what they begin. Says undefined for a socket that ended before. */
function sniff(socket: Socket, decide: (protocol: 'http1' | 'http2' | undefined) => void): void {
  let seen: Buffer | undefined;
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen === undefined ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, PREFACE.length);
    const matches = seen.compare(PREFACE, 0, length, 0, length) === 0;
    if (matches && length < PREFACE.length) return;
    stop();
    socket.unshift(seen);
    decide(matches ? 'http2' : 'http1');
  };
  const onGone = (): void => {
    stop();
    socket.destroy();
    decide(undefined);
  };
  const stop = (): void => {
    socket.setTimeout(0);
    socket
      .off('readable', onReadable)
      .off('error', onGone)
      .off('end', onGone)
      .off('close', onGone)
      .off('timeout', onGone);
  };
  socket.setTimeout(FIRST_BYTE_MS);
  socket.on('readable', onReadable).on('error', onGone).on('end', onGone).on('close', onGone).on('timeout', onGone);
}

/** `http.Server` and the secure HTTP/2 server alike. */
interface Closable {
  close(callback?: (error?: Error) => void): unknown;
}

/** Ends idle HTTP/2 sessions, and when `listener` closes lets every session finish its streams and end. */
function manageSessions(server: http2.Http2Server | http2.Http2SecureServer, listener: Closable): void {
  const open = new Set<http2.ServerHttp2Session>();
  server.on('session', session => {
    open.add(session);
    session.setTimeout(IDLE_SESSION_MS, () => session.close());
    session.on('close', () => open.delete(session));
  });
  const close = listener.close.bind(listener);
  listener.close = callback => {
    for (const session of open) session.close();
    return close(callback);
  };
  Object.defineProperty(listener, 'destroySessions', { value: () => open.forEach(session => void session.destroy()) });
}

/** Cuts every connection of a server made by `createDualProtocolServer`. */
export function cutConnections(server: http.Server): void {
  (server as http.Server & { destroySessions?: () => void }).destroySessions?.();
  server.closeAllConnections?.();
}
