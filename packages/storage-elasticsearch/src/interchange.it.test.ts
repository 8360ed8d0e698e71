// A real Zipkin and Tracekin on one cluster and one set of indices: scripts/services.sh start opensearch2 zipkin-elasticsearch
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createServer, type RunningServer } from '@tracekin/server';
import type { ElasticsearchStorage } from './elasticsearch-storage.ts';
import { IndexNames } from './index-names.ts';
import { defaultElasticsearchOptions } from './options.ts';
import { templates } from './templates.ts';
import { dropIndices } from './testing/drop-indices.ts';
import { eventually, service } from './testing/services.ts';

const cluster = service('opensearch2');
const zipkin = service('zipkin-elasticsearch');
const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
/** Marks what one of the two rounds below writes. */
let run = hex(4);
const now = Date.now();
const dayMs = 86_400_000;
const spanTemplate = '/_template/zipkin-span_template';
const names = new IndexNames('zipkin', '-');
const micros = (afterMs: number): number => (now - 60_000 + afterMs) * 1000;

/** Every field, and values that encoders escape; each call gives new ids. Not U+2028: with it Zipkin's own answer is no JSON. */
function trace(by: string): object[] {
  const traceId = hex(16);
  const [root, client] = [hex(8), hex(8)];
  const web = { serviceName: `web-${run}-${by}`, ipv4: '10.0.0.1', port: 80 };
  const app = { serviceName: `app-${run}-${by}`, ipv6: '2001:db8::c001', port: 8080 };
  return [
    { traceId, id: root, kind: 'SERVER', name: `get /${by}`, timestamp: micros(0), duration: 9000, localEndpoint: web },
    {
      traceId,
      parentId: root,
      id: client,
      kind: 'CLIENT',
      name: 'call <&> "é\n\t😀',
      timestamp: micros(1) + 7,
      duration: 5001,
      localEndpoint: web,
      remoteEndpoint: { serviceName: `proxy-${run}`, ipv4: '1.2.3.4' },
      annotations: [
        { timestamp: micros(2), value: `retry ${run}` },
        { timestamp: micros(2), value: 'x'.repeat(300) },
      ],
      tags: {
        'http.path': `/${run}`,
        empty: '',
        control: 'a\u001f\\u00e9\\b',
        long: 'y'.repeat(5000),
        zeta: '1',
        alpha: '2',
        ключ: 'значение',
      },
      debug: true,
    },
    {
      traceId,
      parentId: root,
      id: client,
      kind: 'SERVER',
      name: 'call',
      timestamp: micros(2),
      duration: 3000,
      localEndpoint: app,
      shared: true,
      tags: { error: 'boom' },
    },
    { traceId, parentId: client, id: hex(8), name: 'no time', localEndpoint: app },
    { traceId, parentId: client, id: hex(8) },
    {
      traceId,
      parentId: client,
      id: hex(8),
      localEndpoint: app,
      annotations: [{ timestamp: micros(3), value: 'only an annotation' }],
    },
  ];
}

const idOf = (spans: readonly object[]): string => (spans[0] as { traceId: string }).traceId;

async function post(url: string, spans: readonly object[]): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v2/spans`, { method: 'POST', headers, body: JSON.stringify(spans) });
  assert.equal(answer.status, 202, await answer.text());
}

async function get<T>(url: string, path: string): Promise<T> {
  const answer = await fetch(url + path);
  const text = await answer.text();
  // Zipkin answers 500 while the day's first index is being made, 404 for a trace that cannot be read yet.
  return (answer.ok ? JSON.parse(text) : []) as T;
}

/** Spans as text, in an order of their own: neither server promises one. */
async function spansOf(url: string, traceId: string): Promise<string[]> {
  return (await get<object[]>(url, `/api/v2/trace/${traceId}`)).map(span => JSON.stringify(span)).sort();
}

for (const maker of ['Zipkin', 'Tracekin'] as const) {
  describe(
    `Zipkin and Tracekin on the same indices, with the template of ${maker}`,
    { skip: cluster.skip || zipkin.skip },
    () => {
      let ours: RunningServer;
      let data: string;
      let sent: Record<'zipkin' | 'tracekin', object[]>;
      /** Zipkin's template while Tracekin's stands in its place. */
      let zipkins: object | undefined;

      before(async () => {
        run = hex(4);
        sent = { zipkin: trace('zipkin'), tracekin: trace('tracekin') };
        if (maker === 'Tracekin') {
          // Zipkin has written its templates when it started, and does not again.
          zipkins = (await get<Record<string, object>>(cluster.url, spanTemplate))['zipkin-span_template'];
          await dropIndices(cluster.url, 'zipkin-span');
        }
        data = mkdtempSync(join(tmpdir(), 'tracekin-interchange-'));
        ours = await createServer({
          storage: 'elasticsearch',
          esHosts: [cluster.url],
          port: 0,
          data,
          spoolDir: join(data, 'spool'),
          logLevel: 'silent',
        });
        await ours.storage.check();
        await post(zipkin.url, sent.zipkin);
        await post(ours.url, sent.tracekin);
      });
      after(async () => {
        await ours.close();
        if (zipkins !== undefined) {
          await dropIndices(cluster.url, 'zipkin-span');
          const headers = { 'content-type': 'application/json' };
          await fetch(cluster.url + spanTemplate, { method: 'PUT', headers, body: JSON.stringify(zipkins) });
        }
        rmSync(data, { recursive: true });
      });

      it('spans written through either come back through both, byte for byte', async () => {
        for (const spans of Object.values(sent)) {
          const whole = (found: readonly string[]): boolean => found.length === spans.length;
          const viaZipkin = await eventually(() => spansOf(zipkin.url, idOf(spans)), whole);
          assert.deepEqual(await eventually(() => spansOf(ours.url, idOf(spans)), whole), viaZipkin);
        }
      });

      it('a span sent to both is one document', async () => {
        const spans = trace('both');
        await post(zipkin.url, spans);
        await post(ours.url, spans);
        await ours.collector.drain(30_000);
        await eventually(
          () => spansOf(zipkin.url, idOf(spans)),
          found => found.length === spans.length,
        );
        // Zipkin acknowledges before it writes, so its documents may come last.
        await new Promise(resolve => setTimeout(resolve, 2000));
        const { count } = await get<{ count: number }>(cluster.url, `/zipkin-span-*/_count?q=traceId:${idOf(spans)}`);
        assert.equal(count, spans.length);
      });

      it('the span template differs in what neither reads', async () => {
        const written = await get<Record<string, { index_patterns: unknown; settings: object; mappings: object }>>(
          cluster.url,
          '/_template/zipkin-*?flat_settings',
        );
        for (const { path, body } of templates('zipkin', names, {
          ...defaultElasticsearchOptions,
          joinedTerms: false,
        })) {
          if (path.includes('trace-link') || (path.includes('span') && maker === 'Tracekin')) continue;
          const { index_patterns, settings, mappings } = body as {
            index_patterns: object;
            settings: object;
            mappings: object;
          };
          const theirs = written[path.replace('/_template/', '')];
          if (path.includes('span')) {
            const { properties } = mappings as { properties: Record<string, object> };
            for (const field of ['id', 'parentId']) {
              assert.deepEqual(properties[field], { type: 'keyword', index: false, doc_values: false });
              delete properties[field];
            }
            assert.deepEqual(properties['_q'], { type: 'keyword', norms: false, doc_values: false });
            properties['_q'] = { type: 'keyword', norms: false };
          }
          const texts = Object.fromEntries(Object.entries(settings).map(([key, value]) => [key, String(value)]));
          assert.deepEqual(
            { index_patterns, settings: texts, mappings },
            { index_patterns: theirs?.index_patterns, settings: theirs?.settings, mappings: theirs?.mappings },
            path,
          );
        }
      });

      it("terms are one text in an index of Tracekin's template, whoever writes, and a list that is not kept in one of Zipkin's", async () => {
        for (const spans of Object.values(sent)) {
          const query = `/zipkin-span-*/_search?q=traceId:${idOf(spans)}`;
          const { hits } = await get<{ hits: { hits: { _source: { _q?: unknown; tags?: object } }[] } }>(
            cluster.url,
            query,
          );
          const terms = hits.hits.flatMap(({ _source }) => (_source.tags === undefined ? [] : [typeof _source._q]));
          const kind = maker === 'Tracekin' ? 'string' : 'undefined';
          assert.deepEqual(terms, [kind, kind], query);
        }
      });

      it('both find the same traces by every criterion', async () => {
        const both = [idOf(sent.zipkin), idOf(sent.tracekin)].sort();
        const tag = encodeURIComponent(`http.path=/${run}`);
        const cases: readonly (readonly [query: string, expected: readonly string[]])[] = [
          [`serviceName=web-${run}-zipkin`, [idOf(sent.zipkin)]],
          [`serviceName=app-${run}-tracekin`, [idOf(sent.tracekin)]],
          [`serviceName=web-${run}-zipkin&spanName=${encodeURIComponent('get /zipkin')}`, [idOf(sent.zipkin)]],
          [`serviceName=web-${run}-tracekin&remoteServiceName=proxy-${run}`, [idOf(sent.tracekin)]],
          [`serviceName=web-${run}-tracekin&minDuration=5001&maxDuration=5001`, [idOf(sent.tracekin)]],
          [`serviceName=web-${run}-tracekin&minDuration=9001`, []],
          [`serviceName=app-${run}-zipkin&annotationQuery=error`, [idOf(sent.zipkin)]],
          [`serviceName=app-${run}-zipkin&annotationQuery=error%3Dboom`, [idOf(sent.zipkin)]],
          [`serviceName=web-${run}-zipkin&annotationQuery=error`, []],
          [`remoteServiceName=proxy-${run}&limit=100`, both],
          [`annotationQuery=${tag}&spanName=${encodeURIComponent('call <&> "é\n\t😀')}`, both],
          [`annotationQuery=${encodeURIComponent(`retry ${run}`)}&limit=100`, both],
          [`annotationQuery=${tag}%20and%20empty`, both],
        ];
        for (const [query, expected] of cases) {
          for (const url of [zipkin.url, ours.url]) {
            const path = `/api/v2/traces?${query}&endTs=${now + 60_000}&lookback=${dayMs}`;
            // The third trace of this file, sent to both, matches too.
            const known = new Set([idOf(sent.zipkin), idOf(sent.tracekin)]);
            const found = (await get<{ traceId: string }[][]>(url, path)).map(spans => idOf(spans));
            assert.deepEqual(found.filter(id => known.has(id)).sort(), expected, `${query} through ${url}`);
          }
        }
      });

      it('both know the same names', async () => {
        const service = `web-${run}-zipkin`;
        for (const path of [`spans?serviceName=${service}`, `remoteServices?serviceName=${service}`]) {
          assert.deepEqual(await get(ours.url, `/api/v2/${path}`), await get(zipkin.url, `/api/v2/${path}`));
        }
        const services = (await get<string[]>(ours.url, '/api/v2/services')).filter(name => name.includes(run));
        const theirs = (await get<string[]>(zipkin.url, '/api/v2/services')).filter(name => name.includes(run));
        assert.deepEqual(services, theirs);
        assert.ok(services.includes(`app-${run}-tracekin`));
      });

      it('Zipkin reads the links that Tracekin publishes', async () => {
        await (ours.storage as ElasticsearchStorage).publishLinks();
        interface Link {
          readonly parent: string;
        }
        const path = `/api/v2/dependencies?endTs=${now}&lookback=${dayMs}`;
        const own = (links: readonly Link[]): Link[] => links.filter(({ parent }) => parent === `web-${run}-tracekin`);
        const found = own(
          await eventually(
            () => get<Link[]>(zipkin.url, path),
            links => own(links).length > 0,
          ),
        );
        const expected = [{ parent: `web-${run}-tracekin`, child: `app-${run}-tracekin`, callCount: 1, errorCount: 1 }];
        assert.deepEqual(found, expected);
        assert.deepEqual(own(await get<Link[]>(ours.url, path)), expected);
      });

      it("Tracekin reads the links that Zipkin's job wrote", async () => {
        const index = names.of('dependency', now - 3 * dayMs);
        const [parent, child] = [`job-a-${run}`, `job-b-${run}`];
        const link = { parent, child, callCount: 42, errorCount: 3 };
        // As zipkin-dependencies writes a link: with its id in the document too.
        await fetch(`${cluster.url}/${index}/_doc/${encodeURIComponent(`${parent}|${child}`)}?refresh`, {
          method: 'PUT',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ id: `${parent}|${child}`, ...link }),
        });
        const endTs = (Math.floor(now / dayMs) - 2) * dayMs - 1;
        for (const url of [zipkin.url, ours.url]) {
          const path = `/api/v2/dependencies?endTs=${endTs}&lookback=${dayMs}`;
          const links = await get<{ parent: string }[]>(url, path);
          assert.deepEqual(
            links.filter(found => found.parent === parent),
            [link],
            url,
          );
        }
      });
    },
  );
}
