import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Span } from '@tracekin/model';
import { ClickHouseStorage } from '../clickhouse-storage.ts';
import { Connection } from '../connection.ts';
import { engineMissing, temporaryEngine } from '../testing/embedded-engine.ts';

const missing = engineMissing();
const DAY_MS = 86_400_000;

function spanOf(trace: string, service: string, startMs: number): Span {
  const parent = { serviceName: service };
  return {
    traceId: trace.padStart(16, '0'),
    id: '0000000000000001',
    kind: 'CLIENT',
    timestamp: startMs * 1000,
    localEndpoint: parent,
    remoteEndpoint: { serviceName: 'db' },
  };
}

if (missing !== undefined) {
  test('retention on the embedded engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  test('old days go from every table, are reported, and new ones stay', async () => {
    const now = Date.now();
    const lines: string[] = [];
    await using storage = new ClickHouseStorage({
      name: 'retention',
      connection: new Connection(() => engine.endpoint()),
      layout: { database: 'retention' },
      options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
      retention: { days: 2 },
      log: (_, message) => lines.push(message),
    });
    await storage.write({
      id: '1',
      spans: [spanOf('a', 'old', now - 5 * DAY_MS)],
    });
    await storage.write({ id: '2', spans: [spanOf('b', 'new', now)] });
    await storage.settleLinks();
    const all = { endTs: now + DAY_MS, lookback: 30 * DAY_MS };
    assert.equal((await storage.getDependencies(all)).length, 2);

    const dropped = await storage.retention.run(now);
    assert.deepEqual(
      dropped.map(({ spans, reason }) => [spans, reason]),
      [[1, 'age']],
    );
    assert(lines.some(line => line.startsWith('dropped the spans of ')));
    assert.equal(storage.stats().spansDropped, 1);
    assert.deepEqual(await storage.getTrace('a'.padStart(16, '0')), []);
    assert.equal((await storage.getTrace('b'.padStart(16, '0'))).length, 1);
    assert.deepEqual(await storage.getServiceNames(), ['new']);
    assert.deepEqual(await storage.getDependencies(all), [{ parent: 'new', child: 'db', callCount: 1 }]);
    assert.deepEqual(await storage.retention.run(now), []);
  });

  test('the oldest days go until the rest fits, and today stays however large it is', async () => {
    const now = Date.now();
    await using storage = new ClickHouseStorage({
      name: 'retention by bytes',
      connection: new Connection(() => engine.endpoint()),
      layout: { database: 'retention_bytes' },
      options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
      retention: { bytes: 1 },
      log: () => {},
    });
    for (const days of [3, 2, 0]) {
      await storage.write({ id: `${days}`, spans: [spanOf(`${days + 1}`, `service-${days}`, now - days * DAY_MS)] });
    }
    await storage.settleLinks();
    const dropped = await storage.retention.run(now);
    assert.deepEqual(
      dropped.map(({ spans, reason }) => [spans, reason]),
      [
        [1, 'bytes'],
        [1, 'bytes'],
      ],
    );
    const { daysDropped, spansDropped, bytesDropped } = storage.stats();
    assert.deepEqual([daysDropped, spansDropped, bytesDropped > 0], [2, 2, true]);
    assert.deepEqual(await storage.getServiceNames(), ['service-0']);
    assert.equal((await storage.getTrace('1'.padStart(16, '0'))).length, 1);
  });
}
