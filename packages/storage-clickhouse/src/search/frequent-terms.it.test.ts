import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Span } from '@tracekin/model';
import { MemoryStorage, type TraceQuery } from '@tracekin/storage';
import { engineMissing, temporaryEngine } from '../testing/embedded-engine.ts';
import { countStatements, storageOn } from '../testing/storage-on.ts';
import { BUCKET_MICROS } from '../write/bucket.ts';

const missing = engineMissing();
const TRACES = 1_500;
const SERVICES = 4;

/** Traces 10 ms apart, some of which cross the edge of a bucket by a little or go on far from where they began. */
function traces(startMicros: number): Span[][] {
  return Array.from({ length: TRACES }, (_, i) => {
    const start = startMicros + i * 10_000;
    const offsets = i % 97 === 0 ? [0, 30_000_000] : i % 13 === 0 ? [0, 300_000] : [0, 2_000];
    return offsets.map((offset, k) => ({
      traceId: ((BigInt(i + 1) * 0x9e37_79b9_7f4a_7c15n) & 0xffff_ffff_ffff_ffffn).toString(16).padStart(16, '0'),
      id: (k + 1).toString(16).padStart(16, '0'),
      timestamp: start + offset,
      name: 'get',
      localEndpoint: { serviceName: `service-${(i + k) % SERVICES}` },
      tags: { all: 'yes', half: String(i % 2), tenth: String(i % 10), first: (i + k) % SERVICES === 0 ? 'yes' : 'no' },
    }));
  });
}

if (missing !== undefined) {
  test('searches for frequent terms on the embedded engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  test('frequent tags find the same traces as in memory, whole, with and without a service', async () => {
    const start = Math.floor(Date.now() / 60_000) * 60_000_000 - 600_000_000;
    const memory = new MemoryStorage();
    const { storage: opened, connection } = storageOn(engine, 'frequent');
    await using storage = opened;
    const all = traces(start);
    // The spans of a trace come in batches of their own, as from two services.
    for (const part of [0, 1]) {
      const spans = all.map(trace => trace[part]!);
      await storage.write({ id: `part-${part}`, spans });
      await memory.write({ id: `part-${part}`, spans });
    }
    const endTs = Math.ceil((start + TRACES * 10_000 + 40_000_000) / 1000);
    const base: TraceQuery = { tags: [], annotations: [], endTs, lookback: 3_600_000, limit: 20 };
    const queries: TraceQuery[] = [
      { ...base, tags: [['all', 'yes']] },
      { ...base, tags: [['half', '1']] },
      { ...base, tags: [['tenth', '3']], serviceName: 'service-1' },
      { ...base, tags: [['tenth', '3']], serviceName: 'service-2', limit: 100 },
      { ...base, tags: [['first', 'yes']], serviceName: 'service-0' },
      { ...base, tags: [['first', 'yes']], serviceName: 'service-1' },
      {
        ...base,
        tags: [
          ['half', '0'],
          ['tenth', '4'],
        ],
      },
      {
        ...base,
        tags: [
          ['half', '0'],
          ['tenth', '5'],
        ],
      },
      { ...base, serviceName: 'service-3', spanName: 'get' },
      { ...base, tags: [['tenth', '7']], endTs: Math.floor((start + 2 * BUCKET_MICROS + 37_000) / 1000) },
    ];
    for (const query of queries) {
      const [ours, theirs] = [await storage.findTraces(query), await memory.findTraces(query)];
      assert.deepEqual(ours.map(text).sort(), theirs.map(text).sort(), JSON.stringify(query));
    }
    const statements = countStatements(connection);
    assert.deepEqual(await storage.findTraces({ ...base, tags: [['tenth', '3']], serviceName: 'nobody' }), []);
    // The tag's rows under two hashes, a look at its places at most, and the service's.
    assert.ok(statements() <= 4, `${statements()} statements`);
  });

  test('a frequent tag at the very beginning and end of time is found', async () => {
    await using storage = storageOn(engine, 'edges').storage;
    const spans = [1, Number.MAX_SAFE_INTEGER].flatMap((timestamp, edge) =>
      Array.from({ length: 100 }, (_, i) => ({
        traceId: (BigInt(i + 1) * 0x1_0000_0000_0000n + BigInt(edge)).toString(16).padStart(16, '0'),
        id: '0000000000000001',
        timestamp,
        tags: { all: 'yes' },
      })),
    );
    await storage.write({ id: 'edges', spans });
    const everything = {
      annotations: [],
      endTs: Number.MAX_SAFE_INTEGER,
      lookback: Number.MAX_SAFE_INTEGER,
      limit: 250,
    };
    const found = await storage.findTraces({ ...everything, tags: [['all', 'yes']] });
    assert.equal(found.length, 200);
  });
}

function text(trace: readonly Span[]): string {
  return JSON.stringify([...trace].sort((a, b) => a.id.localeCompare(b.id)).map(({ traceId, id }) => [traceId, id]));
}
