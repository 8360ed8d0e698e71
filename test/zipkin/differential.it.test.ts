// The same requests to a real Zipkin server and to Tracekin; answers are compared byte for byte, but for the rows of
// differences.ts. Needs a fresh Zipkin with in-memory storage: `scripts/services.sh start zipkin`.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { encodeSpans } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import { createServer, type RunningServer } from '@tracekin/server';
import { randomTraces } from '@tracekin/storage/testing';
import { differences } from './differences.ts';
import { type Answer, collectorExchanges, type Exchange, keptSpans, post, queryExchanges, send } from './exchange.ts';

const zipkin = process.env['TRACEKIN_TEST_ZIPKIN'];
const missing = 'needs a Zipkin server: scripts/services.sh start zipkin, then source .cache/services.env';
if (zipkin === undefined && process.env['CI'] !== undefined) throw new Error(missing);

/**
 * Traces about which both must agree. Left out are those where spans of different kinds claim one id without being halves of a call
 * (Zipkin's tree then loses branches and their links; ours keeps them), and those with spans without a timestamp (Zipkin's memory storage
 * finds a trace by them, a same-span search does not).
 */
function comparable(trace: readonly Span[]): boolean {
  const owned = new Set<string>();
  return trace.every(span => {
    if (span.timestamp === undefined) return false;
    const half = `${span.id} ${span.shared === true}`;
    if (owned.has(half) || (span.shared === true && span.kind !== 'SERVER')) return false;
    owned.add(half);
    return true;
  });
}

describe('Tracekin answers as Zipkin does', { skip: zipkin === undefined ? missing : false }, () => {
  const theirs = zipkin ?? '';
  let server: RunningServer;
  let ours = '';

  before(async () => {
    server = await createServer({ storage: 'mem', port: 0, logLevel: 'silent' });
    ours = server.url;
  });
  after(() => server.close());

  const both = async (exchange: Exchange): Promise<[Answer, Answer]> => [
    await send(ours, exchange),
    await send(theirs, exchange),
  ];

  const assertAnswers = (name: string, mine: Answer, zipkins: Answer): void => {
    const difference = differences.find(row => row.exchange === name);
    if (difference === undefined) {
      assert.deepEqual(mine, zipkins);
      return;
    }
    assert.notDeepEqual(mine, zipkins, `no difference any more: remove the row (${difference.why})`);
    assert.deepEqual({ ...mine, ...difference.ours }, mine);
  };
  const compare = (exchange: Exchange): void => {
    test(exchange.name, async () => assertAnswers(exchange.name, ...(await both(exchange))));
  };

  const eventually = async (path: string, wanted: (answer: Answer) => boolean): Promise<void> => {
    for (let attempt = 0; attempt < 50; attempt += 1) {
      const answers = await both({ name: path, path });
      if (answers.every(wanted)) return;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    assert.fail(`not answered in time: ${path}`);
  };

  describe('the collector', () => {
    for (const exchange of collectorExchanges()) compare(exchange);
  });

  describe('what was sent comes back', () => {
    for (const { name, traceId, span } of keptSpans()) {
      test(name, async () => {
        const [mine, zipkins] = await both(post(name, `[${span}]`));
        assert.deepEqual(mine, zipkins);
        assert.equal(mine.status, 202);
        await eventually(`/api/v2/trace/${traceId}`, answer => answer.status === 200);
        const [read, expected] = await both({ name, path: `/api/v2/trace/${traceId}` });
        assertAnswers(name, read, expected);
      });
    }
  });

  describe('generated traces in every encoding', () => {
    const traces = randomTraces(20_261_121, 600).filter(comparable).slice(0, 120);
    const spans = traces.flat();
    const newest = Math.max(...spans.map(span => span.timestamp ?? 0));
    const endTs = Math.ceil(newest / 1000) + 1000;
    const services = [...new Set(spans.map(span => span.localEndpoint?.serviceName ?? ''))].filter(name => name !== '');

    before(async () => {
      const encodings = [
        ['json-v2', '/api/v2/spans', 'application/json'],
        ['proto3', '/api/v2/spans', 'application/x-protobuf'],
        ['json-v1', '/api/v1/spans', 'application/json'],
        ['thrift', '/api/v1/spans', 'application/x-thrift'],
      ] as const;
      for (const [index, trace] of traces.entries()) {
        const [format, path, type] = encodings[index % encodings.length] ?? encodings[0];
        const [mine, zipkins] = await both({
          name: format,
          path,
          headers: { 'content-type': type },
          body: encodeSpans(trace, format),
        });
        assert.deepEqual(mine, zipkins, `${format} of trace ${index}`);
      }
      await eventually(`/api/v2/trace/${traces.at(-1)?.[0]?.traceId}`, answer => answer.status === 200);
    });

    const sorted = (body: string): unknown =>
      JSON.stringify(
        (JSON.parse(body) as unknown[][]).map(trace => trace.map(span => JSON.stringify(span)).sort()).sort(),
      );

    test('every trace comes back with the same spans', async () => {
      for (const trace of traces) {
        const [mine, zipkins] = await both({ name: 'trace', path: `/api/v2/trace/${trace[0]?.traceId}` });
        assert.equal(sorted(`[${mine.body}]`), sorted(`[${zipkins.body}]`));
      }
    });

    for (const what of ['services', 'autocompleteKeys'])
      compare({ name: `the list of ${what}`, path: `/api/v2/${what}` });
    test('the names of every service', async () => {
      for (const service of services) {
        for (const what of ['spans', 'remoteServices']) {
          const [mine, zipkins] = await both({
            name: what,
            path: `/api/v2/${what}?serviceName=${encodeURIComponent(service)}`,
          });
          assert.deepEqual(mine, zipkins);
        }
      }
    });

    test('the links of the whole time', async () => {
      const [mine, zipkins] = await both({
        name: 'links',
        path: `/api/v2/dependencies?endTs=${endTs}&lookback=86400000`,
      });
      const links = (body: string): string[] =>
        (JSON.parse(body) as unknown[]).map(link => JSON.stringify(link)).sort();
      assert.deepEqual(links(mine.body), links(zipkins.body));
      assert.ok(links(mine.body).length > 3);
    });

    test('searches by service and by span name', async () => {
      for (const service of services) {
        const path = `/api/v2/traces?serviceName=${encodeURIComponent(service)}&endTs=${endTs}&lookback=86400000&limit=1000`;
        const [mine, zipkins] = await both({ name: service, path });
        assert.equal(sorted(mine.body), sorted(zipkins.body), service);
      }
    });

    describe('the query API', () => {
      const [first, second] = [traces[0]?.[0]?.traceId ?? '', traces[1]?.[0]?.traceId ?? ''];
      for (const exchange of queryExchanges(first, second, endTs)) compare(exchange);
    });
  });
});
