import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { TracekinError } from '@tracekin/model';
import type { BulkDocument } from './bulk-document.ts';
import { writeBulk } from './bulk-writer.ts';
import { Cluster } from './cluster.ts';
import { defaultElasticsearchOptions } from './options.ts';

/** Answers a bulk request: the status of each document by its id. */
let answer: (id: string, request: number) => number;
let errorType: string | undefined;
/** Larger bodies are answered with 413. */
let largestBody = Number.POSITIVE_INFINITY;
let requests: string[][] = [];
let server: Server;
let cluster: Cluster;

before(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', chunk => {
      body += chunk;
    });
    request.on('end', () => {
      if (body.length > largestBody) {
        response.statusCode = 413;
        response.end();
        return;
      }
      const lines = body
        .trimEnd()
        .split('\n')
        .filter(line => /^."(index|create|delete)":/.test(line));
      const actions = lines.map(line => Object.entries(JSON.parse(line) as Record<string, { _id: string }>)[0]);
      requests.push(actions.map(action => action?.[1]._id ?? ''));
      const items = actions.map(action => ({
        [action?.[0] ?? '']: {
          status: answer(action?.[1]._id ?? '', requests.length),
          error: { type: errorType, reason: 'because' },
        },
      }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ errors: items.some(item => Object.values(item)[0]!.status >= 300), items }));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  cluster = new Cluster({ ...defaultElasticsearchOptions, stateDir: '', hosts: [`http://127.0.0.1:${port}`] });
});
beforeEach(() => {
  requests = [];
  errorType = undefined;
  largestBody = Number.POSITIVE_INFINITY;
});
after(async () => {
  await cluster.close();
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
});

const document = (id: string, action: BulkDocument['action'] = 'index'): BulkDocument => ({
  index: 'i',
  id,
  source: '{}',
  action,
});
const limits = { firstBackOffMs: 1, attempts: 3 };

test('documents that have no room now are tried again alone', async () => {
  answer = (id, request) => (id === 'b' && request < 3 ? 429 : 201);
  const result = await writeBulk(
    cluster,
    ['a', 'b', 'c'].map(id => document(id)),
    { limits },
  );
  assert.deepEqual(result, { refused: [], conflicts: [], unjoinable: [] });
  assert.deepEqual(requests, [['a', 'b', 'c'], ['b'], ['b']]);
});

test('a document that never gets room makes the whole repeatable', async () => {
  answer = () => 429;
  await assert.rejects(
    writeBulk(cluster, [document('a')], { limits }),
    (error: unknown) => error instanceof TracekinError && error.code === 'unavailable',
  );
  assert.equal(requests.length, 3);
});

test('a document that is refused for good holds up no other', async () => {
  answer = id => (id === 'b' ? 400 : 201);
  const { refused } = await writeBulk(
    cluster,
    ['a', 'b'].map(id => document(id)),
    { limits },
  );
  assert.deepEqual(refused, [{ document: document('b'), status: 400, reason: 'because', blocked: false }]);
});

test('a document that exists, or is another version, is a conflict', async () => {
  answer = () => 409;
  const guarded = { ...document('b'), version: { seqNo: 1, primaryTerm: 1 } };
  const { conflicts, refused } = await writeBulk(cluster, [document('a', 'create'), guarded], { limits });
  assert.deepEqual(conflicts, [document('a', 'create'), guarded]);
  assert.deepEqual(refused, []);
});

test('what the cluster may take later is no refusal of the document', async () => {
  for (const [status, type] of [
    [400, 'validation_exception'],
    [403, 'security_exception'],
    [404, 'index_not_found_exception'],
    [503, 'unavailable_shards_exception'],
  ] as const) {
    errorType = type;
    answer = () => status;
    await assert.rejects(writeBulk(cluster, [document('a')], { limits }), { code: 'unavailable' }, type);
  }
});

test('an index that takes no writes is told apart from a bad document', async () => {
  for (const [status, type] of [
    [400, 'index_closed_exception'],
    [403, 'cluster_block_exception'],
  ] as const) {
    errorType = type;
    answer = () => status;
    const { refused } = await writeBulk(cluster, [document('a')], { limits });
    assert.deepEqual(refused, [{ document: document('a'), status, reason: 'because', blocked: true }]);
  }
});

test('deleting what is not there is done', async () => {
  answer = () => 404;
  const gone = { index: 'i', id: 'a', action: 'delete' } as const;
  assert.deepEqual(await writeBulk(cluster, [gone], { limits }), { refused: [], conflicts: [], unjoinable: [] });
});

test('large batches go in several requests', async () => {
  answer = () => 201;
  await writeBulk(
    cluster,
    Array.from({ length: 10 }, (_, id) => ({ ...document(String(id)), source: `"${'x'.repeat(500)}"` })),
    {
      limits: { ...limits, maxBodyBytes: 2000 },
    },
  );
  assert.equal(requests.flat().length, 10);
  assert.ok(requests.length >= 3 && requests.length <= 5, `${requests.length} requests`);
});

test('a request that is too large for the cluster goes in halves, and a document that is is refused', async () => {
  answer = id => (id === '6' ? 400 : 201);
  largestBody = 400;
  const documents = Array.from({ length: 9 }, (_, id) => ({
    ...document(String(id)),
    source: `"${'x'.repeat(id === 4 ? 500 : 100)}"`,
  }));
  const { refused } = await writeBulk(cluster, documents, { limits });
  assert.deepEqual(
    refused.map(({ document: { id }, status }) => [id, status]),
    [
      ['4', 413],
      ['6', 400],
    ],
  );
  assert.deepEqual(requests.flat(), ['0', '1', '2', '3', '5', '6', '7', '8']);
});

test('nothing to write is no request', async () => {
  assert.deepEqual(await writeBulk(cluster, [], { limits }), { refused: [], conflicts: [], unjoinable: [] });
  assert.deepEqual(requests, []);
});
