import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Cluster } from './cluster.ts';
import { ElasticsearchStorage } from './elasticsearch-storage.ts';
import { defaultElasticsearchOptions, type ElasticsearchOptions } from './options.ts';
import { type StubAnswer, stubServer } from './testing/stub-server.ts';
import { detectServer } from './version.ts';

let stateDir = '';
before(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'tracekin-cluster-'));
});
after(() => rmSync(stateDir, { recursive: true }));

const options = (given: Partial<ElasticsearchOptions>): ElasticsearchOptions => ({
  ...defaultElasticsearchOptions,
  stateDir,
  ...given,
});
const root = (number: string, distribution?: string): StubAnswer => ({ body: { version: { number, distribution } } });

async function detected(answer: StubAnswer): Promise<string> {
  await using server = await stubServer(() => answer);
  const cluster = new Cluster(options({ hosts: [server.url] }));
  try {
    const { product, version } = await detectServer(cluster);
    return `${product} ${version}`;
  } finally {
    await cluster.close();
  }
}

test('the server says what it is', async () => {
  assert.equal(await detected(root('2.19.6', 'opensearch')), 'OpenSearch 2.19.6');
  assert.equal(await detected(root('8.19.21')), 'Elasticsearch 8.19.21');
  assert.equal(await detected(root('9.0.0')), 'Elasticsearch 9.0.0');
});

test('a server that is too old or none at all is named as unsupported, with what to use', async () => {
  await assert.rejects(detected(root('6.8.23')), { code: 'unsupported', message: /6\.8\.23 .*7\.17, 8 or 9/ });
  await assert.rejects(detected({ body: { hello: 'world' } }), { code: 'unsupported', message: /ES_HOSTS/ });
});

test('answers of the cluster have the error codes that the collector acts on', async () => {
  for (const [status, code] of [
    [400, 'invalid-argument'],
    [401, 'unavailable'],
    [413, 'too-large'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ] as const) {
    await assert.rejects(detected({ status, body: { error: { reason: 'because' } } }), { code }, String(status));
  }
});

test('a server that does not answer is a time-out', async () => {
  await using server = await stubServer(() => undefined);
  const cluster = new Cluster(options({ hosts: [server.url], timeoutMs: 20 }));
  await assert.rejects(detectServer(cluster), { code: 'timeout', message: /ES_TIMEOUT/ });
  await cluster.close();
});

test('an aborted call rejects with the reason of its signal, at once', async () => {
  await using server = await stubServer(() => undefined);
  const cluster = new Cluster(options({ hosts: [server.url] }));
  const reason = new Error('enough');
  const [before, during] = [AbortSignal.abort(reason), new AbortController()];
  const request = { method: 'GET', path: '/' } as const;
  await assert.rejects(cluster.request({ ...request, signal: before }), reason);
  const waiting = cluster.request({ ...request, signal: during.signal });
  setTimeout(() => during.abort(reason), 20);
  await assert.rejects(waiting, reason);
  await cluster.close();
});

test('closing may cut off requests under way', async () => {
  await using server = await stubServer(() => undefined);
  const cluster = new Cluster(options({ hosts: [server.url] }));
  const waiting = cluster.request({ method: 'GET', path: '/' });
  setTimeout(() => cluster.abort(), 20);
  await assert.rejects(waiting, { code: 'unavailable', message: /closing/ });
  await cluster.close();
});

test('a host that is gone is passed over', async () => {
  const gone = await stubServer(() => ({}));
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  await using server = await stubServer(() => root('8.1.0'));
  const cluster = new Cluster(options({ hosts: [url, server.url] }));
  for (let i = 0; i < 4; i += 1) assert.equal((await detectServer(cluster)).version, '8.1.0');
  await cluster.close();
});

test('credentials are sent, and neither logged, nor shown in the name, nor in an error', async () => {
  await using server = await stubServer(() => ({ status: 401, body: { error: { reason: 'no' } } }));
  const logged: string[] = [];
  const password = 'a+secret:value';
  const withUser = server.url.replace('//', `//user:${encodeURIComponent(password)}@`);
  for (const given of [{ username: 'user', password, hosts: [server.url] }, { hosts: [withUser] }]) {
    await using storage = new ElasticsearchStorage(
      options({ ...given, httpLogging: 'BODY', log: (...line) => logged.push(JSON.stringify(line)) }),
    );
    const result = await storage.check();
    assert.equal(result.ok, false);
    const shown = `${storage.name} ${JSON.stringify(result)} ${logged.join()}`;
    const basic = Buffer.from(`user:${password}`).toString('base64');
    assert.equal(server.authorizations.at(-1), `Basic ${basic}`);
    for (const secret of [password, encodeURIComponent(password), basic]) assert.ok(!shown.includes(secret), shown);
    assert.match(shown, /Check ES_USERNAME and ES_PASSWORD/);
    assert.ok(logged.length > 0);
  }
});

test('health is down when the cluster is red, and when nobody answers', async () => {
  let status = 'red';
  const server = await stubServer(({ url }) => (url === '/' ? root('2.19.6', 'opensearch') : { body: { status } }));
  await using storage = new ElasticsearchStorage(options({ hosts: [server.url] }));
  assert.deepEqual(await storage.check(), { ok: false, error: 'Elasticsearch health status is RED' });
  status = 'yellow';
  assert.deepEqual(await storage.check(), { ok: true });
  assert.ok(server.requests.some(request => request.startsWith('GET /_cluster/health/zipkin-span-*')));
  await server[Symbol.asyncDispose]();
  const down = await storage.check();
  assert.ok(!down.ok && /does not answer/.test(down.error), JSON.stringify(down));
});

test('templates that exist are left as they are', async () => {
  await using server = await stubServer(({ method, url }) => {
    if (url === '/') return root('8.1.0');
    return method === 'HEAD' && url?.includes('autocomplete') ? { status: 404 } : { body: { status: 'green' } };
  });
  await using storage = new ElasticsearchStorage(options({ hosts: [server.url] }));
  assert.deepEqual(await storage.check(), { ok: true });
  const put = server.requests.filter(request => request.startsWith('PUT'));
  assert.deepEqual(put, ['PUT /_template/zipkin-autocomplete_template']);
});

test('a pipeline that does not exist holds spans back instead of setting them aside', async () => {
  await using server = await stubServer(({ url }) => {
    if (url === '/') return root('8.1.0');
    if (url?.startsWith('/_ingest')) return { status: 404 };
    if (!url?.startsWith('/_bulk')) return {};
    return { body: { items: [{ index: { status: 400, error: { type: 'illegal_argument_exception' } } }] } };
  });
  await using storage = new ElasticsearchStorage(options({ hosts: [server.url], pipeline: 'gone' }));
  const span = { traceId: '000000000000000a', id: '000000000000000b' };
  await assert.rejects(storage.write({ id: '1', spans: [span] }), {
    code: 'unavailable',
    message: /ES_PIPELINE: the cluster had no ingest pipeline gone/,
  });
});

test('a pipeline of joined terms that was deleted is made again, and spans wait for it', async () => {
  let made = false;
  await using server = await stubServer(({ method, url }) => {
    if (url === '/') return root('8.1.0');
    if (url?.startsWith('/_ingest')) {
      made ||= method === 'PUT';
      return { status: made ? 200 : 404 };
    }
    if (!url?.startsWith('/_bulk')) return {};
    const error = { type: 'illegal_argument_exception' };
    return { body: { items: [{ index: made ? { status: 201 } : { status: 400, error } }] } };
  });
  await using storage = new ElasticsearchStorage(options({ hosts: [server.url] }));
  const batch = { id: '1', spans: [{ traceId: '000000000000000a', id: '000000000000000b' }] };
  await assert.rejects(storage.write(batch), {
    code: 'unavailable',
    message: /the cluster had no ingest pipeline tracekin-join-terms/,
  });
  await storage.write(batch);
});
