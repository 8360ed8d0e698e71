import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { MemoryStorage } from '@tracekin/storage';
import { document } from './testing/check-answer.ts';
import { startServer, type TestServer } from './testing/start-server.ts';

const NOW = 1_700_000_000_000;
const start = (NOW - 60_000) * 1000;
const ROOT = {
  traceId: 'a',
  id: '1',
  kind: 'CLIENT',
  name: 'get',
  timestamp: start,
  duration: 1000,
  localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1' },
};
/** The server's clock is 500 us early. */
const SKEWED = {
  traceId: 'a',
  parentId: '1',
  id: '2',
  kind: 'SERVER',
  name: 'post',
  timestamp: start - 500,
  duration: 600,
  localEndpoint: { serviceName: 'api', ipv4: '10.0.0.2' },
  tags: { error: 'no' },
};
const LEAF = {
  traceId: 'a',
  parentId: '2',
  id: '3',
  name: 'render',
  timestamp: start - 400,
  duration: 100,
  localEndpoint: { serviceName: 'api', ipv4: '10.0.0.2' },
};

test('the OpenAPI document is valid, and is what the server serves', async () => {
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  assert.ok(valid, JSON.stringify(errors ?? '').slice(0, 1000));
  await using server = await startServer();
  for (const path of ['/openapi.json', '/zipkin/openapi.json']) {
    const { headers, text } = await server.call(path);
    assert.equal(headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(text).paths, JSON.parse(JSON.stringify(document.paths)));
  }
});

describe('the extended API', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({}, { now: () => NOW });
    await server.post([ROOT, SKEWED, LEAF]);
  });
  after(() => server[Symbol.asyncDispose]());

  test('summaries take the parameters of a search and hold no spans', async () => {
    const { status, text } = await server.call('/api/tracekin/v1/summaries?serviceName=api&annotationQuery=error');
    assert.equal(status, 200);
    const { traces } = JSON.parse(text);
    assert.equal(traces.length, 1);
    assert.deepEqual(
      { ...traces[0], thumbnail: traces[0].thumbnail.length },
      {
        traceId: '000000000000000a',
        rootServiceName: 'web',
        rootSpanName: 'get',
        timestamp: start,
        duration: 1000,
        spanCount: 3,
        reportedSpanCount: 3,
        errorCount: 1,
        services: [
          { serviceName: 'api', spanCount: 2, errorCount: 1 },
          { serviceName: 'web', spanCount: 1, errorCount: 0 },
        ],
        thumbnail: 3,
      },
    );
    assert.equal((await server.call('/zipkin/api/tracekin/v1/summaries?serviceName=nobody')).text, '{"traces":[]}');
    assert.equal((await server.call('/api/tracekin/v1/summaries?limit=0')).text, 'limit <= 0');
  });

  test('the tree has parents before children, and says how clocks were corrected', async () => {
    const { traceId, rows } = JSON.parse((await server.call('/api/tracekin/v1/trace/a/tree')).text);
    assert.equal(traceId, '000000000000000a');
    const places = rows.map((row: { span: { id: string; timestamp: number } } & Record<string, unknown>) => [
      Number(row.span.id),
      row['depth'],
      row['childCount'],
      row['skewMicros'],
      row.span.timestamp - start,
    ]);
    assert.deepEqual(places, [
      [1, 0, 1, undefined, 0],
      [2, 1, 1, 700, 200],
      [3, 2, 0, 700, 300],
    ]);
    assert.equal((await server.call('/api/tracekin/v1/trace/b/tree')).status, 404);
    assert.equal((await server.call('/api/tracekin/v1/trace/B/tree')).status, 400);
  });

  test('a tree without its root says which spans hang loose', async () => {
    await server.post([{ traceId: 'b', parentId: '9', id: '2', name: 'orphan', timestamp: start, duration: 1 }]);
    const { rows } = JSON.parse((await server.call('/api/tracekin/v1/trace/b/tree')).text);
    assert.equal(rows[0].depth, 0);
    assert.equal(rows[0].detached, true);
  });

  test('stats count spans and show the storage', async () => {
    const stats = JSON.parse((await server.call('/api/tracekin/v1/stats')).text);
    assert.equal(stats.spansReceived >= 3, true);
    assert.equal(stats.backlogSpans, 0);
    assert.deepEqual(stats.storage, { name: 'InMemoryStorage{}', durable: false, ok: true });
  });

  test('latest finds the newest trace however old, and nothing for an unknown service', async () => {
    assert.deepEqual(JSON.parse((await server.call('/api/tracekin/v1/latest?serviceName=WEB')).text), {
      traceId: '000000000000000a',
      timestamp: start,
    });
    assert.equal((await server.call('/api/tracekin/v1/latest?serviceName=nobody')).text, '{}');
  });

  test('deleting is refused unless it was switched on', async () => {
    const { status, text } = await server.call('/api/tracekin/v1/trace/a', { method: 'DELETE' });
    assert.equal(status, 403);
    assert.match(text, /TRACEKIN_DELETE_ENABLED=true/);
    assert.equal((await server.call('/api/v2/trace/a')).status, 200);
  });
});

test('where it is switched on, deleting removes a trace and says how many spans it had', async () => {
  await using server = await startServer({ deleteEnabled: true });
  await server.post([ROOT, SKEWED]);
  const remove = (): Promise<{ status: number; text: string }> =>
    server.call('/api/tracekin/v1/trace/a', { method: 'DELETE' });
  assert.equal((await remove()).text, '{"deletedSpans":2}');
  assert.equal((await remove()).status, 404);
  assert.equal((await server.call('/api/v2/trace/a')).status, 404);
});

test('a query that takes too long is answered with 500 and its storage call aborted', async () => {
  const storage = new MemoryStorage();
  let reason: unknown;
  storage.findTraces = (_query, options) =>
    new Promise((_resolve, reject) => {
      options!.signal!.addEventListener('abort', () => {
        reason = options!.signal!.reason;
        reject(reason);
      });
    });
  storage.getServiceNames = () => new Promise(() => {});
  await using server = await startServer({ queryTimeoutMs: 30 }, { storage });
  for (const path of ['/api/v2/traces', '/api/v2/services']) {
    const { status, text } = await server.call(path);
    assert.equal(status, 500, path);
    assert.match(text, /30 ?ms/);
  }
  assert.ok(reason instanceof Error);
});
