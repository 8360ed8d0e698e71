import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { TracekinError } from '@tracekin/model';
import { type BulkDocument, writeBulk } from './bulk-writer.ts';
import { Cluster } from './cluster.ts';
import { defaultElasticsearchOptions } from './options.ts';

/** Answers a bulk request: the status of each document by its id. */
let answer: (id: string, request: number) => number;
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
      const lines = body
        .trimEnd()
        .split('\n')
        .filter((_, index) => index % 2 === 0);
      const actions = lines.map(line => Object.entries(JSON.parse(line) as Record<string, { _id: string }>)[0]);
      requests.push(actions.map(action => action?.[1]._id ?? ''));
      const items = actions.map(action => ({
        [action?.[0] ?? '']: { status: answer(action?.[1]._id ?? '', requests.length), error: { reason: 'because' } },
      }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ errors: true, items }));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  cluster = new Cluster({ ...defaultElasticsearchOptions, stateDir: '', hosts: [`http://127.0.0.1:${port}`] });
});
beforeEach(() => {
  requests = [];
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
  assert.deepEqual(result, { refused: [], conflicts: [] });
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
  assert.deepEqual(refused, [{ document: document('b'), status: 400, reason: 'because' }]);
});

test('a document that exists is a conflict only when it was to be created', async () => {
  answer = () => 409;
  const { conflicts, refused } = await writeBulk(cluster, [document('a', 'create'), document('b')], { limits });
  assert.deepEqual(conflicts, [document('a', 'create')]);
  assert.equal(refused.length, 1);
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

test('nothing to write is no request', async () => {
  assert.deepEqual(await writeBulk(cluster, [], { limits }), { refused: [], conflicts: [] });
  assert.deepEqual(requests, []);
});
