// What the ES_* variables do, on a real server: scripts/services.sh start opensearch2, and opensearch3 for a pipeline that changes spans.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import type { Span } from '@tracekin/model';
import { createServer, type RunningServer } from '@tracekin/server';
import type { ElasticsearchStorage } from './elasticsearch-storage.ts';
import type { ElasticsearchOptions } from './options.ts';
import { dropIndices } from './testing/drop-indices.ts';
import { scratchIndices } from './testing/scratch-indices.ts';
import { eventually, service } from './testing/services.ts';
import { type Certificates, makeCertificates, tlsProxy } from './testing/tls-proxy.ts';

const { url: host, skip } = service('opensearch2');
const withProcessors = process.env['TRACEKIN_TEST_OPENSEARCH3'];
const dayMs = 86_400_000;
const hex = (): string => randomBytes(8).toString('hex');
const day = (separator: string, at = Date.now()): string =>
  new Date(at).toISOString().slice(0, 10).replaceAll('-', separator);

const span = (given: Partial<Span> = {}): Span => ({
  traceId: hex(),
  id: hex(),
  name: 'get',
  timestamp: Date.now() * 1000,
  localEndpoint: { serviceName: 'web' },
  ...given,
});

async function send(method: string, url: string, body?: object): Promise<Record<string, unknown>> {
  const answer = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

describe('settings of the Elasticsearch storage', { skip }, () => {
  const scratch = scratchIndices(host, 'config');
  const { open } = scratch;
  let files: Certificates;
  before(() => {
    files = makeCertificates(scratch.dir);
  });

  const stored = async (storage: ElasticsearchStorage, one: Span): Promise<Span[]> => {
    await storage.refresh();
    return storage.getTrace(one.traceId);
  };

  it('prefix, date separator, shards and replicas shape the indices', async () => {
    for (const separator of ['-', '.', '']) {
      await using storage = open({ dateSeparator: separator, index: `${scratch.index}${separator}x`, indexShards: 2 });
      const one = span();
      await storage.write({ id: hex(), spans: [one] });
      assert.equal((await stored(storage, one)).length, 1);
      const name = `${scratch.index}${separator}x-span-${day(separator)}`;
      const found = await send('GET', `${host}/${name}/_settings?flat_settings`);
      const { settings } = found[name] as { settings: Record<string, string> };
      assert.equal(settings['index.number_of_shards'], '2');
      assert.equal(settings['index.number_of_replicas'], '0');
      assert.deepEqual(await storage.getServiceNames(), ['web']);
    }
  });

  it('with a priority templates are composable, and their indices hold and find spans', async () => {
    await using storage = open({ templatePriority: 7 });
    const one = span();
    await storage.write({ id: hex(), spans: [one] });
    assert.equal((await stored(storage, one)).length, 1);
    const path = `${host}/_index_template/${scratch.index}-span_template`;
    const { index_templates: found } = await send('GET', path);
    const [{ index_template: template }] = found as [
      { index_template: { priority: number; index_patterns: string[] } },
    ];
    assert.equal(template.priority, 7);
    assert.deepEqual(template.index_patterns, [`${scratch.index}-span-*`]);
    const name = `${scratch.index}-span-${day('-')}`;
    const { [name]: created } = await send('GET', `${host}/${name}/_mapping`);
    const { mappings } = created as { mappings: { properties: { traceId: { type: string } } } };
    assert.equal(mappings.properties.traceId.type, 'keyword');
    for (const type of ['span', 'dependency', 'autocomplete', 'trace-link'])
      await fetch(`${host}/_index_template/${scratch.index}-${type}_template`, { method: 'DELETE' });
  });

  it('no template is written when that is switched off', async () => {
    await using storage = open({ ensureTemplates: false });
    assert.deepEqual(await storage.check(), { ok: true });
    assert.deepEqual(await send('GET', `${host}/_template/${scratch.index}*`), {});
  });

  it('spans wait for a pipeline that does not exist yet', async () => {
    const pipeline = `${scratch.index}-pipeline`;
    await using storage = open({ pipeline });
    const one = span();
    await assert.rejects(storage.write({ id: hex(), spans: [one] }), { code: 'unavailable', message: /ES_PIPELINE/ });
    await send('PUT', `${host}/_ingest/pipeline/${pipeline}`, { processors: [] });
    await storage.write({ id: hex(), spans: [one, span()] });
    assert.equal((await stored(storage, one)).length, 1);
    await fetch(`${host}/_ingest/pipeline/${pipeline}`, { method: 'DELETE' });
  });

  const noProcessors = withProcessors === undefined && 'needs a server: scripts/services.sh start opensearch3';
  it('what a pipeline does to a span is what is read', { skip: noProcessors }, async () => {
    const server = withProcessors ?? '';
    const pipeline = `${scratch.index}-pipeline`;
    const set = { set: { field: 'name', value: 'renamed' } };
    await send('PUT', `${server}/_ingest/pipeline/${pipeline}`, { processors: [set] });
    await using storage = open({ hosts: [server], pipeline });
    const one = span();
    await storage.write({ id: hex(), spans: [one] });
    assert.equal((await stored(storage, one))[0]?.name, 'renamed');
    await fetch(`${server}/_ingest/pipeline/${pipeline}`, { method: 'DELETE' });
    await dropIndices(server, scratch.index);
  });

  it('a search asks the indices of its window, and no others', async () => {
    const asked: string[] = [];
    const log: ElasticsearchOptions['log'] = (_level, _message, fields) => asked.push(String(fields?.['path']));
    await using storage = open({ httpLogging: 'BASIC', log });
    const [now, old] = [span(), span({ timestamp: (Date.now() - 5 * dayMs) * 1000 })];
    await storage.write({ id: hex(), spans: [now, old] });
    await storage.refresh();
    asked.length = 0;
    const found = await storage.findTraces({
      annotations: [],
      tags: [],
      limit: 10,
      endTs: Date.now() - 4 * dayMs,
      lookback: 2 * dayMs,
    });
    assert.deepEqual(
      found.map(([one]) => one?.traceId),
      [old.traceId],
    );
    const days = [7, 6, 5, 4, 3].map(ago => `${scratch.index}-span-${day('-', Date.now() - ago * dayMs)}`);
    // The neighbouring days hold what of a found trace lies beyond midnight.
    assert.deepEqual(asked, [`/${days.slice(1, 4).join(',')}/_search`, `/${days.join(',')}/_search`]);
  });

  it('health is down while an index of the cluster is red', async () => {
    await using storage = open();
    const red = `${host}/${scratch.index}-span-2020-01-01`;
    const settings = { 'index.number_of_replicas': 0, 'index.routing.allocation.require._name': 'nobody' };
    await send('PUT', `${red}?wait_for_active_shards=0`, { settings });
    assert.deepEqual(await storage.check(), { ok: false, error: 'Elasticsearch health status is RED' });
    await fetch(red, { method: 'DELETE' });
    assert.deepEqual(await storage.check(), { ok: true });
  });

  it('every level of HTTP logging says more, none of them the credentials', async () => {
    const [username, password] = ['somebody', 'a+secret'];
    const lines: Record<string, string> = {};
    for (const httpLogging of ['NONE', 'BASIC', 'HEADERS', 'BODY'] as const) {
      const logged: unknown[] = [];
      await using storage = open({ httpLogging, username, password, log: (...line) => logged.push(line) });
      await storage.write({ id: hex(), spans: [span({ tags: { sent: 'this' } })] });
      lines[httpLogging] = JSON.stringify(logged);
    }
    const shown = (pattern: RegExp): string[] => Object.keys(lines).filter(level => pattern.test(lines[level]!));
    assert.deepEqual(shown(/"path":"\/_bulk"/), ['BASIC', 'HEADERS', 'BODY']);
    assert.deepEqual(shown(/"content-type":"application\/json/), ['HEADERS', 'BODY']);
    assert.deepEqual(shown(/sent=this/), ['BODY']);
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    assert.deepEqual(shown(new RegExp(`${password.replace('+', '\\+')}|${basic.replaceAll('=', '')}`)), []);
  });

  describe('over TLS', () => {
    const serve = async (url: string, given: Record<string, unknown>): Promise<RunningServer> =>
      createServer({
        storage: 'elasticsearch',
        esHosts: [url],
        esIndex: scratch.index,
        esIndexShards: 1,
        esIndexReplicas: 0,
        port: 0,
        data: join(scratch.dir, `tls-${hex()}`),
        logLevel: 'silent',
        ...given,
      });
    const client = (): object => ({ esSslCa: files.ca, esSslCert: files.client.cert, esSslKey: files.client.key });
    const user = { esUsername: 'u', esPassword: 'one' };

    it('an authority and a client certificate open the cluster; without either the reason is told', async () => {
      await using proxy = await tlsProxy(host, files, 'u:one');
      const health = async (given: object): Promise<string> => {
        const server = await serve(proxy.url, { ...user, ...given });
        const result = await server.storage.check();
        await server.close();
        return result.ok ? 'ok' : result.error;
      };
      assert.equal(await health(client()), 'ok');
      assert.match(await health({ ...client(), esSslCa: files.otherCa }), /certificate/);
      assert.match(await health({ ...client(), esSslCa: undefined }), /certificate/);
      assert.match(await health({ esSslCa: files.ca }), /does not answer/);
      assert.equal(await health({ ...client(), esSslCa: files.otherCa, esSslNoVerify: true }), 'ok');
      assert.match(await health({ ...client(), esPassword: 'wrong' }), /401.*who are you.*ES_USERNAME/);
      await assert.rejects(health({ ...client(), esSslCa: join(scratch.dir, 'missing.pem') }), {
        code: 'invalid-configuration',
      });
    });

    it('spans wait while the credentials are wrong, and are stored when the file has the new ones', async () => {
      await using proxy = await tlsProxy(host, files, 'u:one');
      const esCredentialsFile = join(scratch.dir, 'credentials.properties');
      const setPassword = (password: string): void =>
        writeFileSync(
          esCredentialsFile,
          `zipkin.storage.elasticsearch.username=u\nzipkin.storage.elasticsearch.password=${password}\n`,
        );
      setPassword('one');
      const server = await serve(proxy.url, { ...client(), esCredentialsFile, esCredentialsRefreshMs: 100 });
      try {
        const post = async (one: Span): Promise<void> => {
          const headers = { 'content-type': 'application/json' };
          const url = `${server.url}/api/v2/spans`;
          assert.equal((await fetch(url, { method: 'POST', headers, body: JSON.stringify([one]) })).status, 202);
        };
        const [before, meanwhile] = [span(), span()];
        await post(before);
        await eventually(() => server.collector.drain(5000), Boolean);
        proxy.credentials = 'u:two';
        await post(meanwhile);
        assert.equal(await server.collector.drain(1000), false);
        assert.match(JSON.stringify(await server.storage.check()), /401/);
        setPassword('two');
        await eventually(() => server.collector.drain(5000), Boolean);
        for (const one of [before, meanwhile])
          assert.equal((await stored(server.storage as ElasticsearchStorage, one)).length, 1);
      } finally {
        await server.close();
      }
    });
  });
});
