import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Span } from '@tracekin/model';
import type { TraceQuery } from '@tracekin/storage';
import { engineMissing, temporaryEngine } from '../testing/embedded-engine.ts';
import { countStatements, storageOn } from '../testing/storage-on.ts';

const missing = engineMissing();
const HOUR_MS = 3_600_000;

function spanOf(traceId: string, id: number, atMs: number, tags?: Record<string, string>): Span {
  return {
    traceId,
    id: id.toString(16).padStart(16, '0'),
    timestamp: atMs * 1000,
    localEndpoint: { serviceName: 'shop' },
    ...(tags && { tags }),
  };
}

if (missing !== undefined) {
  test('searches for rare terms on the embedded engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  test('a rare tag finds whole traces, however they are spread, and none that only shares their place', async () => {
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    const { storage: opened, connection } = storageOn(engine, 'rare');
    await using storage = opened;
    const wanted = { order: '4711' };
    const together = 'abcd000000000000000000000000000a';
    const spread = 'abcd0000000000000000000000000b00';
    const old = '000000000000000c';
    const neighbour = 'abcd00000000000d';
    await storage.write({
      id: '1',
      spans: [
        spanOf(together, 1, now, wanted),
        spanOf(together, 2, now + 1),
        spanOf(spread, 1, now - 60_000, wanted),
        spanOf(spread, 2, now - 20_000),
        spanOf(old, 1, now - 30 * HOUR_MS, wanted),
        spanOf(neighbour, 1, now - 60_000, { order: '4712' }),
      ],
    });
    const statements = countStatements(connection);
    const query: TraceQuery = {
      tags: [['order', '4711']],
      annotations: [],
      endTs: now + HOUR_MS,
      lookback: 48 * HOUR_MS,
      limit: 10,
    };
    const found = await storage.findTraces(query);
    assert.deepEqual(
      found.map(spans => [spans[0]!.traceId, spans.length]),
      [
        [together, 2],
        [spread, 2],
        [old, 1],
      ],
    );
    // Places under either hash, spans there, other places of these traces, and the one that goes on elsewhere.
    assert.equal(statements(), 5);
    assert.deepEqual(
      (await storage.findTraces({ ...query, limit: 1 })).map(spans => spans[0]!.traceId),
      [together],
    );
    assert.deepEqual(await storage.findTraces({ ...query, serviceName: 'nobody' }), []);
    assert.deepEqual(await storage.findTraces({ ...query, minDuration: 1 }), []);
  });
}
