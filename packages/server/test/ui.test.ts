import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startServer, type TestServer } from './testing/start-server.ts';

let directory: string;
before(async () => {
  // One level deeper, so that what lies beside the folder is this run's own.
  directory = join(await mkdtemp(join(tmpdir(), 'tracekin-ui-')), 'dist');
  await mkdir(join(directory, 'assets'), { recursive: true });
  await writeFile(
    join(directory, 'index.html'),
    '<!doctype html><html><head><title>x</title></head><body></body></html>',
  );
  await writeFile(join(directory, 'assets', 'index-Ab3_d-9Z.js'), 'export {};');
  await writeFile(join(directory, 'assets', 'index-Ab3_d-9Z.js.br'), 'compressed');
  await writeFile(join(directory, 'favicon.ico'), 'icon');
  await writeFile(join(directory, '..', 'tracekin-secret.txt'), 'secret');
});
after(async () => {
  await rm(join(directory, '..'), { recursive: true });
});

describe('the UI', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({}, { uiDirectory: directory });
  });
  after(() => server[Symbol.asyncDispose]());

  test('every path that looks like a page is index.html with a base, a minute of cache and a strict policy', async () => {
    for (const path of [
      '/zipkin/',
      '/zipkin/index.html',
      '/zipkin/traces/1',
      '/zipkin/dependency',
      '/zipkin/traceViewer',
      '/zipkin/services/a%20b',
      '/zipkin/services/shop.cart',
      '/zipkin/compare/a...b',
    ]) {
      const { status, headers, text } = await server.call(path);
      assert.equal(status, 200, path);
      assert.equal(headers['content-type'], 'text/html; charset=utf-8');
      assert.equal(headers['cache-control'], 'max-age=60');
      assert.match(String(headers['content-security-policy']), /default-src 'self'/);
      assert.doesNotMatch(String(headers['content-security-policy']), /unsafe/);
      assert.match(text, /<head><base href="\/zipkin\/">/);
      const again = await server.call(path, { headers: { 'if-none-match': String(headers['etag']) } });
      assert.deepEqual([again.status, again.text], [304, '']);
    }
  });

  test('assets named by content are cached for ever and come compressed, others for a minute', async () => {
    const path = '/zipkin/assets/index-Ab3_d-9Z.js';
    const plain = await server.call(path);
    assert.deepEqual([plain.status, plain.text], [200, 'export {};']);
    assert.equal(plain.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(String(plain.headers['content-type']), /javascript/);
    const small = await server.call(path, { headers: { 'accept-encoding': 'br, gzip' } });
    assert.deepEqual([small.headers['content-encoding'], small.text], ['br', 'compressed']);
    const icon = await server.call('/zipkin/favicon.ico');
    assert.equal(icon.headers['cache-control'], 'public, max-age=60');
  });

  test('a file that is not there is 404, inside and outside of the folder', async () => {
    for (const path of [
      '/zipkin/nope.js',
      '/zipkin/assets/nope.css',
      '/zipkin/../tracekin-secret.txt',
      '/zipkin/..%2ftracekin-secret.txt',
      '/zipkin/assets/..%2f..%2ftracekin-secret.txt',
      '/zipkin/api/v2/nope',
      '/zipkin/%00.js',
    ]) {
      const { status, text } = await server.call(path);
      assert.ok(status === 404 || status === 400 || status === 403, `${path} ${status}`);
      assert.doesNotMatch(text, /secret/);
    }
  });

  test('redirects lead to the UI and keep the query string', async () => {
    for (const [from, to] of [
      ['/', '/zipkin/'],
      ['/zipkin', '/zipkin/'],
      ['/favicon.ico', '/zipkin/favicon.ico'],
      ['/zipkin?serviceName=a', '/zipkin/?serviceName=a'],
    ] as const) {
      const { status, headers, text } = await server.call(from, {
        headers: { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'proxy.example' },
      });
      assert.deepEqual([status, headers.location, text], [302, to, '']);
    }
  });

  test('config.json has the keys of Zipkin in its form and order, then capabilities', async () => {
    const { headers, text } = await server.call('/zipkin/config.json');
    assert.equal(headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(headers['cache-control'], 'max-age=600');
    const zipkin =
      '{\n  "environment" : "",\n  "queryLimit" : 10,\n  "defaultLookback" : 900000,\n  "searchEnabled" : true,\n  "logsUrl" : null,\n' +
      '  "supportUrl" : null,\n  "archivePostUrl" : null,\n  "archiveUrl" : null,\n  "dependency" : {\n    "enabled" : true,\n' +
      '    "lowErrorRate" : 0.5,\n    "highErrorRate" : 0.75\n  },\n  "capabilities" : {\n';
    assert.equal(text.slice(0, zipkin.length), zipkin);
    assert.equal(JSON.parse(text).capabilities.delete, false);
    const again = await server.call('/zipkin/config.json', {
      headers: { 'if-none-match': `W/"x", ${headers['etag']}` },
    });
    assert.deepEqual([again.status, again.text], [304, '']);
    const head = await server.call('/zipkin/config.json', { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers['etag']], [200, headers['etag']]);
  });
});

test('settings of the UI reach config.json, the base and the policy', async () => {
  await using server = await startServer(
    {
      uiEnvironment: 'staging',
      uiQueryLimit: 50,
      uiLogsUrl: 'https://logs/{traceId}',
      uiArchivePostUrl: 'https://archive.example/api/v2/spans',
      uiBasepath: '/tracing',
      searchEnabled: false,
      deleteEnabled: true,
    },
    { uiDirectory: directory },
  );
  const config = JSON.parse((await server.call('/zipkin/config.json')).text);
  assert.deepEqual(
    [config.environment, config.queryLimit, config.logsUrl, config.searchEnabled, config.capabilities.delete],
    ['staging', 50, 'https://logs/{traceId}', false, true],
  );
  const page = await server.call('/zipkin/');
  assert.match(page.text, /<base href="\/tracing\/">/);
  assert.match(String(page.headers['content-security-policy']), /connect-src 'self' https:\/\/archive\.example;/);
});

test('while the UI is not built its pages say how to build it, and work as soon as it is', async () => {
  const empty = join(await mkdtemp(join(tmpdir(), 'tracekin-ui-')), 'dist');
  await using server = await startServer({}, { uiDirectory: empty });
  const missing = await server.call('/zipkin/');
  assert.match(missing.text, /npm run build:ui/);
  assert.equal(missing.headers['cache-control'], 'no-store');
  assert.equal((await server.call('/zipkin/assets/x.js')).status, 404);
  await mkdir(empty);
  await writeFile(join(empty, 'index.html'), '<head></head>built');
  assert.match((await server.call('/zipkin/')).text, /built/);
  await rm(join(empty, '..'), { recursive: true });
});

test('with the UI disabled its paths are 404 and the query API answers', async () => {
  await using server = await startServer({ uiEnabled: false });
  for (const path of ['/', '/zipkin', '/zipkin/', '/zipkin/config.json', '/favicon.ico'])
    assert.equal((await server.call(path)).status, 404);
  assert.equal((await server.call('/zipkin/api/v2/services')).status, 200);
});
