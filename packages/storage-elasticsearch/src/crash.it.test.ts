// What must survive: scripts/services.sh start opensearch2. The search server is paused, killed and started again.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type DependencyLink, DependencyLinker, groupByLowTraceId, type Span } from '@tracekin/model';
import { createServer } from '@tracekin/server';
import { Cluster } from './cluster.ts';
import { ElasticsearchStorage } from './elasticsearch-storage.ts';
import { IndexNames } from './index-names.ts';
import { defaultElasticsearchOptions, type ElasticsearchOptions } from './options.ts';
import { readDocuments } from './read-documents.ts';
import { dropIndices } from './testing/drop-indices.ts';
import { SearchServer } from './testing/search-server.ts';
import { eventually, service } from './testing/services.ts';

const { url: host, skip } = service('opensearch2');
const prefix = `crash-${process.pid}`;
const command = fileURLToPath(new URL('../../server/bin/tracekin.ts', import.meta.url));
const dayMs = 86_400_000;

const hex = (): string => randomBytes(8).toString('hex');

/** A call of two spans. */
function call(): Span[] {
  const [traceId, id] = [hex(), hex()];
  const timestamp = Date.now() * 1000;
  return [
    { traceId, id, kind: 'CLIENT', name: 'get', timestamp, duration: 10, localEndpoint: { serviceName: 'web' } },
    { traceId, id, kind: 'SERVER', shared: true, timestamp, localEndpoint: { serviceName: `app${traceId[0]}` } },
  ];
}

/** Posts calls until stopped; remembers those that were acknowledged. */
class Load {
  readonly acknowledged: Span[] = [];
  #stopped = false;
  readonly #senders: readonly Promise<void>[];

  constructor(url: string, pauseMs: number) {
    this.#senders = Array.from({ length: 4 }, async () => {
      while (!this.#stopped) {
        const spans = Array.from({ length: 25 }, call).flat();
        const status = await post(url, spans);
        if (status === 202) for (const span of spans) this.acknowledged.push(span);
        await sleep(pauseMs);
      }
    });
  }

  async stop(): Promise<Span[]> {
    this.#stopped = true;
    await Promise.all(this.#senders);
    return this.acknowledged;
  }
}

async function post(url: string, spans: readonly Span[]): Promise<number> {
  const headers = { 'content-type': 'application/json' };
  try {
    const answer = await fetch(`${url}/api/v2/spans`, { method: 'POST', headers, body: JSON.stringify(spans) });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}

function linksOf(spans: readonly Span[]): DependencyLink[] {
  const linker = new DependencyLinker();
  for (const trace of groupByLowTraceId(spans).values()) linker.addTrace(trace);
  return linker.links();
}

const keyOf = ({ traceId, kind }: Span): string => `${traceId} ${kind}`;

describe('Elasticsearch storage when something dies', { skip }, () => {
  let dir = '';
  let options: ElasticsearchOptions;
  let index = '';
  let tests = 0;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'tracekin-crash-'));
    index = `${prefix}-${++tests}`;
    options = {
      ...defaultElasticsearchOptions,
      hosts: [host],
      index,
      indexShards: 1,
      indexReplicas: 0,
      stateDir: join(dir, 'elasticsearch'),
    };
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  after(() => dropIndices(host, prefix));

  async function storedSpans(): Promise<Span[]> {
    const cluster = new Cluster(options);
    await cluster.request({ method: 'POST', path: `/${index}-span-*/_refresh` });
    const hits = await readDocuments<Span>(cluster, `/${index}-span-*/_search`, { match_all: {} });
    await cluster.close();
    return hits.map(hit => hit._source);
  }

  it('no acknowledged span is lost or doubled when the search server is paused and killed under load', async () => {
    const search = new SearchServer('opensearch2', host);
    const server = await createServer({
      storage: 'elasticsearch',
      esHosts: [host],
      esIndex: index,
      esIndexShards: 1,
      esIndexReplicas: 0,
      esTimeoutMs: 2000,
      port: 0,
      data: dir,
      spoolDir: join(dir, 'spool'),
      logLevel: 'silent',
    });
    try {
      const load = new Load(server.url, 100);
      await sleep(2000);
      search.pause();
      await sleep(4000);
      search.resume();
      await sleep(2000);
      search.kill();
      await sleep(1000);
      await search.start();
      await sleep(1000);
      const acknowledged = await load.stop();
      // A search server that just started, on a machine with other work, takes some hundred spans a second.
      await eventually(() => server.collector.drain(5000), Boolean, 180_000);
      const found = await storedSpans();
      assert.ok(acknowledged.length > 3000, `only ${acknowledged.length} acknowledged`);
      assert.equal(found.length, acknowledged.length);
      assert.deepEqual(new Set(found.map(keyOf)), new Set(acknowledged.map(keyOf)));
      const window = { endTs: Date.now() + dayMs, lookback: 2 * dayMs };
      assert.deepEqual(await server.storage.getDependencies(window), linksOf(acknowledged));
    } finally {
      await server.close();
    }
  });

  it('links are exact after this process was killed with links pending, again and again', async () => {
    const acknowledged: Span[] = [];
    const window = (): { endTs: number; lookback: number } => ({ endTs: Date.now() + dayMs, lookback: 2 * dayMs });
    for (let round = 0; round < 3; round += 1) {
      const port = 27100 + round;
      const child = spawn(process.execPath, [command, 'serve', '--port', String(port)], {
        env: {
          PATH: process.env['PATH'],
          STORAGE_TYPE: 'elasticsearch',
          ES_HOSTS: host,
          ES_INDEX: index,
          ES_INDEX_SHARDS: '1',
          ES_INDEX_REPLICAS: '0',
          TRACEKIN_DATA_DIR: dir,
          TRACEKIN_LOG_LEVEL: 'silent',
        },
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      const url = `http://127.0.0.1:${port}`;
      await eventually(
        () =>
          fetch(`${url}/health`).then(
            answer => answer.status,
            () => 0,
          ),
        status => status === 200,
      );
      const load = new Load(url, 20);
      await sleep(3000 + Math.random() * 1000);
      child.kill('SIGKILL');
      await once(child, 'exit');
      acknowledged.push(...(await load.stop()));
    }
    const left = readFileSync(join(options.stateDir, 'pending-links.txt'), 'latin1');
    assert.notEqual(left, '', 'nothing was pending: the test shows nothing');
    const server = await createServer({
      storage: 'elasticsearch',
      esHosts: [host],
      esIndex: index,
      port: 0,
      data: dir,
      spoolDir: join(dir, 'spool'),
      logLevel: 'silent',
    });
    await eventually(() => server.collector.drain(5000), Boolean, 60_000);
    const links = await server.storage.getDependencies(window());
    await server.close();
    const found = await storedSpans();
    // A request that was cut off may have been accepted.
    const keys = found.map(keyOf);
    assert.equal(new Set(keys).size, keys.length);
    const known = new Set(keys);
    assert.deepEqual(
      acknowledged.filter(span => !known.has(keyOf(span))),
      [],
    );
    assert.ok(acknowledged.length > 1000, `only ${acknowledged.length} acknowledged`);
    assert.deepEqual(links, linksOf(found));
  });

  it('parts of a long trace that are linked days apart count once, on the day that the trace starts', async () => {
    await using storage = new ElasticsearchStorage(options);
    const [traceId, id] = [hex(), hex()];
    const today = Math.floor(Date.now() / dayMs) * dayMs;
    const start = (today - 3 * dayMs + 1000) * 1000;
    const root: Span = { traceId, id, kind: 'CLIENT', timestamp: start, localEndpoint: { serviceName: 'a' } };
    const late: Span = {
      traceId,
      parentId: id,
      id: hex(),
      kind: 'SERVER',
      timestamp: (today + 1000) * 1000,
      localEndpoint: { serviceName: 'b' },
      remoteEndpoint: { serviceName: 'gateway' },
    };
    const everything = { endTs: today + dayMs, lookback: 10 * dayMs };
    for (const batch of [[late], [root]]) {
      await storage.write({ id: hex(), spans: batch });
      await storage.getDependencies(everything);
    }
    const link = { parent: 'a', child: 'b', callCount: 1 };
    assert.deepEqual(await storage.getDependencies(everything), [link]);
    assert.deepEqual(await storage.getDependencies({ endTs: today - 2 * dayMs, lookback: dayMs }), [link]);
  });

  it('two servers that write parts of the same traces at once count each call once', async () => {
    await using one = new ElasticsearchStorage(options);
    await using two = new ElasticsearchStorage({ ...options, stateDir: join(dir, 'two') });
    const calls = Array.from({ length: 200 }, call);
    const window = { endTs: Date.now() + dayMs, lookback: 2 * dayMs };
    await Promise.all([
      one.write({ id: hex(), spans: calls.map(spans => spans[0]!) }).then(() => one.getDependencies(window)),
      two.write({ id: hex(), spans: calls.map(spans => spans[1]!) }).then(() => two.getDependencies(window)),
    ]);
    await one.getDependencies(window);
    assert.deepEqual(await two.getDependencies(window), linksOf(calls.flat()));
  });

  it('a document that the index refuses is set aside and holds up nothing', async () => {
    const logged: string[] = [];
    await using storage = new ElasticsearchStorage({ ...options, log: (_level, message) => logged.push(message) });
    const name = new IndexNames(index, '-').of('span', Date.now());
    const created = await fetch(`${host}/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ mappings: { properties: { duration: { type: 'boolean' } } } }),
    });
    assert.equal(created.status, 200, await created.text());
    const spans = Array.from({ length: 50 }, call).flat();
    await storage.write({ id: hex(), spans });
    const found = await storedSpans();
    const good = spans.filter(span => span.duration === undefined);
    assert.deepEqual(new Set(found.map(keyOf)), new Set(good.map(keyOf)));
    const file = join(options.stateDir, 'refused-spans.ndjson');
    assert.ok(existsSync(file));
    const aside = readFileSync(file, 'utf8').trimEnd().split('\n');
    assert.equal(aside.length, spans.length - good.length);
    assert.equal((JSON.parse(aside[0]!) as Span).duration, 10);
    assert.ok(
      logged.some(message => message.includes('refused 50 spans for good')),
      logged.join('; '),
    );
  });

  it('spans of today wait when their index is read-only, those of an old day are set aside', async () => {
    await using storage = new ElasticsearchStorage(options);
    const names = new IndexNames(index, '-');
    const old = call().map(span => ({ ...span, timestamp: span.timestamp! - 10 * dayMs * 1000 }));
    const lock = async (day: number, blocked: boolean): Promise<void> => {
      const path = `${host}/${names.of('span', day)}/_settings`;
      const headers = { 'content-type': 'application/json' };
      await fetch(path, { method: 'PUT', headers, body: JSON.stringify({ 'index.blocks.write': blocked }) });
    };
    await storage.write({ id: hex(), spans: [...old, ...call()] });
    await lock(Date.now(), true);
    await assert.rejects(storage.write({ id: hex(), spans: call() }), { code: 'unavailable' });
    await lock(Date.now(), false);
    await lock(Date.now() - 10 * dayMs, true);
    const late = old.map(span => ({ ...span, id: hex() }));
    const fresh = call();
    await storage.write({ id: hex(), spans: [...late, ...fresh] });
    const aside = readFileSync(join(options.stateDir, 'refused-spans.ndjson'), 'utf8');
    assert.equal(aside.trimEnd().split('\n').length, late.length);
    assert.ok((await storedSpans()).some(span => span.traceId === fresh[0]?.traceId));
  });

  it('one of two hosts may be gone', async () => {
    await using storage = new ElasticsearchStorage({ ...options, hosts: ['http://127.0.0.1:27999', host] });
    const spans = call();
    for (let i = 0; i < 6; i += 1) {
      await storage.write({ id: hex(), spans });
      assert.deepEqual(await storage.check(), { ok: true });
    }
    await storage.refresh();
    assert.equal((await storage.getTrace(spans[0]!.traceId)).length, 2);
  });

  it('whole indices are dropped when they are older than the retention, and no others', async () => {
    const names = new IndexNames(index, '-');
    const types = ['span', 'dependency', 'autocomplete', 'trace-link'] as const;
    const now = Date.now();
    const foreign = `${index}-span-notes`;
    const kept = types.flatMap(type => [now, now - 4 * dayMs].map(day => names.of(type, day)));
    const dropped = types.map(type => names.of(type, now - 7 * dayMs));
    for (const name of [...kept, ...dropped, foreign]) {
      const settings = { number_of_shards: 1, number_of_replicas: 0 };
      const headers = { 'content-type': 'application/json' };
      await fetch(`${host}/${name}`, { method: 'PUT', headers, body: JSON.stringify({ settings }) });
    }
    const present = async (): Promise<string[]> =>
      Object.keys((await (await fetch(`${host}/${index}-*/_alias`)).json()) as object).sort();
    await using storage = new ElasticsearchStorage({ ...options, retentionDays: 5 });
    assert.deepEqual(await storage.check(), { ok: true });
    assert.deepEqual(await eventually(present, found => found.length === kept.length + 1), [...kept, foreign].sort());
  });
});
