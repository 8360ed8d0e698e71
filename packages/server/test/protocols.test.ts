import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import net from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { startServer, type TestServer } from './testing/start-server.ts';

/** Sends bytes on a bare connection and returns everything that comes back until the server closes it. */
async function raw(server: TestServer, ...parts: string[]): Promise<string> {
  const socket = net.connect(server.server.port, '127.0.0.1');
  const answer = readText(socket);
  for (const part of parts) {
    socket.write(part);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  return answer;
}

test('HTTP/2 without TLS works on the same port, for posts, reads and errors', async () => {
  await using server = await startServer();
  const session = http2.connect(server.server.url);
  const call = async (headers: http2.OutgoingHttpHeaders, body?: string): Promise<[number, string]> => {
    const stream = session.request(headers);
    stream.end(body);
    const [answer] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
    return [Number(answer[':status']), await readText(stream)];
  };
  assert.deepEqual(
    await call(
      { ':method': 'POST', ':path': '/api/v2/spans' },
      '[{"traceId":"1","id":"1","localEndpoint":{"serviceName":"a"}}]',
    ),
    [202, ''],
  );
  const both = await Promise.all([
    call({ ':path': '/api/v2/services' }),
    call({ ':path': '/api/v2/trace/5' }),
    call({ ':path': '/nope' }),
  ]);
  assert.deepEqual(both, [
    [200, '["a"]'],
    [404, '0000000000000005 not found'],
    [404, '404 Not Found'],
  ]);
  session.close();
  await once(session, 'close');
});

test('the first bytes of a connection may come one at a time', async () => {
  await using server = await startServer();
  const answer = await raw(server, 'P', 'U', 'T / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n', '\r\n');
  assert.match(answer, /^HTTP\/1\.1 404 /);
});

test('a connection serves many requests, also pipelined', async () => {
  await using server = await startServer();
  const request = 'GET /api/v2/services HTTP/1.1\r\nHost: x\r\n\r\n';
  const answer = await raw(server, request + request, request.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'));
  assert.equal(answer.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
});

test('an upgrade to h2c is not taken up and the request answered in HTTP/1.1', async () => {
  await using server = await startServer();
  const answer = await raw(
    server,
    'GET /api/v2/services HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  );
  assert.match(answer, /^HTTP\/1\.1 200 OK/);
});

test('garbage, oversized headers and long URLs get an answer and harm nobody', async () => {
  await using server = await startServer();
  assert.match(await raw(server, '\x16\x03\x01\x02\x00 no TLS here\r\n\r\n'), /^HTTP\/1\.1 400 Bad Request/);
  assert.match(await raw(server, `GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(70_000)}\r\n\r\n`), /^HTTP\/1\.1 431 /);
  assert.match(await raw(server, 'PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'), /^/);
  const { status, text } = await server.call(`/api/v2/traces?x=${'a'.repeat(45_000)}`);
  assert.deepEqual([status, text], [414, '414 Request-URI Too Long']);
  assert.equal((await server.call('/api/v2/services')).status, 200);
});

test('traceMany takes a thousand ids, which Zipkin has no room for', async () => {
  await using server = await startServer();
  await server.post([{ traceId: '1', id: '1' }]);
  const ids = Array.from({ length: 1000 }, (_, i) => `${'b'.repeat(28)}${i.toString(16).padStart(4, '0')}`);
  const { status, text } = await server.call(`/api/v2/traceMany?traceIds=${ids.join(',')}`);
  assert.deepEqual([status, text], [200, '[]']);
});

test('the method TRACE is refused on every path', async () => {
  await using server = await startServer();
  for (const path of ['/', '/api/v2/services', '/nope']) {
    const answer = await raw(server, `TRACE ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed\r\n/);
    assert.match(answer, /\r\n\r\n405 Method Not Allowed$/);
  }
});

test('answers of 2048 bytes and more are compressed for who accepts it', async () => {
  await using server = await startServer();
  const spans = Array.from({ length: 30 }, (_, i) => ({
    traceId: 'a',
    id: `${i + 1}`,
    name: `operation ${i}`,
    tags: { key: 'value' },
  }));
  await server.post(spans);
  await server.post([{ traceId: 'b', id: '1' }]);
  const plain = await server.call('/api/v2/trace/a');
  assert.ok(plain.body.length > 2048);
  assert.equal(plain.headers['content-encoding'], undefined);
  for (const [accept, decompress] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    const answer = await server.call('/api/v2/trace/a', { headers: { 'accept-encoding': accept } });
    assert.equal(answer.headers['content-encoding'], accept);
    assert.equal(answer.headers['content-type'], 'application/json');
    assert.equal(answer.headers.vary, 'accept-encoding');
    assert.equal(decompress(answer.body).toString(), plain.text);
    const small = await server.call('/api/v2/trace/b', { headers: { 'accept-encoding': accept } });
    assert.equal(small.headers['content-encoding'], undefined);
  }
});

test('with any origin allowed every answer says so, and nothing else is asked of the browser', async () => {
  await using server = await startServer();
  const headers = { origin: 'http://foo.example' };
  for (const [path, status] of [
    ['/api/v2/services', 200],
    ['/nope', 404],
    ['/api/v2/spans', 400],
  ] as const) {
    const answer = await server.call(path, { headers });
    assert.equal(answer.status, status);
    assert.equal(answer.headers['access-control-allow-origin'], '*');
    assert.equal(answer.headers['access-control-allow-headers'], 'content-type,x-grpc-web');
    assert.equal(
      answer.headers['access-control-expose-headers'],
      'grpc-status,grpc-message,armeria.grpc.throwableproto-bin',
    );
    assert.equal(answer.headers.vary, undefined);
  }
  const preflight = await server.call('/api/v2/spans', {
    method: 'OPTIONS',
    headers: { ...headers, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });
  assert.deepEqual([preflight.status, preflight.text, preflight.headers['content-length']], [200, '', '0']);
  assert.equal(preflight.headers['access-control-allow-methods'], 'GET,POST');
  assert.equal(preflight.headers['access-control-allow-origin'], '*');
  assert.equal(preflight.headers['access-control-max-age'], '0');
  assert.equal(preflight.headers['access-control-expose-headers'], undefined);
  assert.equal((await server.call('/api/v2/services')).headers['access-control-allow-origin'], undefined);
});

test('with configured origins only those are allowed', async () => {
  await using server = await startServer({ allowedOrigins: ['http://good.example'] });
  const preflight = { 'access-control-request-method': 'GET' };
  const good = await server.call('/api/v2/services', { headers: { origin: 'http://good.example' } });
  assert.deepEqual([good.headers['access-control-allow-origin'], good.headers.vary], ['http://good.example', 'origin']);
  const bad = await server.call('/api/v2/services', { headers: { origin: 'http://bad.example' } });
  assert.deepEqual([bad.status, bad.headers['access-control-allow-origin']], [200, undefined]);
  const asked = await server.call('/api/v2/services', {
    method: 'OPTIONS',
    headers: { origin: 'http://bad.example', ...preflight },
  });
  assert.equal(asked.status, 403);
});
