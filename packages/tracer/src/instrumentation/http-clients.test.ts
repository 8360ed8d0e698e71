import assert from 'node:assert/strict';
import http, { type IncomingMessage } from 'node:http';
import { it } from 'node:test';
import { fetch as npmFetch, request as undiciRequest } from 'undici';
import { InMemoryReporter } from '../reporter/in-memory-reporter.ts';
import { Tracer } from '../tracer.ts';
import { parseOrigin } from './client-span.ts';
import { nodeHttpClient } from './node-http-client.ts';
import { type ClientAdapter, testHttpClient } from './testing/client-contract.ts';
import { undici } from './undici.ts';

const headers = { 'x-own': '1' };

async function read(response: IncomingMessage): Promise<{ status: number; body: string }> {
  let body = '';
  for await (const chunk of response.setEncoding('utf8')) body += chunk;
  return { status: response.statusCode!, body };
}

const request: ClientAdapter = {
  name: 'http.request',
  instrumentation: nodeHttpClient,
  send: (url, method, signal) =>
    new Promise((resolve, reject) => {
      http
        .request(url, { method, headers, ...(signal && { signal }) }, response => resolve(read(response)))
        .on('error', reject)
        .end(method === 'POST' ? 'body' : undefined);
    }),
  sendUnread: url => new Promise((resolve, reject) => http.request(url, resolve).on('error', reject).end()),
};

const get: ClientAdapter = {
  ...request,
  name: 'http.get',
  send: (url, method, signal) =>
    method === 'GET'
      ? new Promise((resolve, reject) => {
          http
            .get(url, { headers, ...(signal && { signal }) }, response => resolve(read(response)))
            .on('error', reject);
        })
      : request.send(url, method, signal),
};

/** undici reports errors as the cause of fetch's own. */
const fetching: ClientAdapter = {
  name: 'fetch',
  instrumentation: undici,
  async send(url, method, signal) {
    const response = await fetch(url, { method, headers, ...(signal && { signal }) });
    return { status: response.status, body: await response.text() };
  },
  sendUnread: url => fetch(url),
};

const fetchOfPackage: ClientAdapter = {
  ...fetching,
  name: 'fetch of the undici package',
  async send(url, method, signal) {
    const response = await npmFetch(url, { method, headers, ...(signal && { signal }) });
    return { status: response.status, body: await response.text() };
  },
};

const requestOfUndici: ClientAdapter = {
  name: 'undici.request',
  instrumentation: undici,
  async send(url, method, signal) {
    const response = await undiciRequest(url, { method, headers, ...(signal && { signal }) });
    return { status: response.statusCode, body: await response.body.text() };
  },
  async sendUnread(url) {
    const { body } = await undiciRequest(url);
    body.on('error', () => {});
  },
};

for (const adapter of [request, get, fetching, fetchOfPackage, requestOfUndici]) testHttpClient(adapter);

it('A request whose headers are already serialised is recorded, without trace headers, and not broken', async () => {
  const reporter = new InMemoryReporter();
  const tracer = new Tracer({ serviceName: 'contract', reporter });
  const uninstall = nodeHttpClient.install(tracer);
  const seen = Promise.withResolvers<http.IncomingHttpHeaders>();
  const server = http.createServer((incoming, response) => {
    seen.resolve(incoming.headers);
    response.end();
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const outgoing = http.request({ port, host: '127.0.0.1', headers: ['host', 'x', 'x-own', '1'] as never });
  outgoing.on('response', response => response.resume()).end();
  assert.equal((await seen.promise)['x-own'], '1');
  await reporter.waitFor(1);
  uninstall();
  server.closeAllConnections();
  server.close();
});

it('An origin has a host, without brackets, and a port, if need be the default', () => {
  assert.deepEqual(parseOrigin('http://api:8080'), { host: 'api', port: 8080 });
  assert.deepEqual(parseOrigin('https://api.example'), { host: 'api.example', port: 443 });
  assert.deepEqual(parseOrigin('http://[::1]:81'), { host: '::1', port: 81 });
  assert.deepEqual(parseOrigin('http://[::1]'), { host: '::1', port: 80 });
});
