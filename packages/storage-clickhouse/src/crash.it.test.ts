import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { DependencyLinker, type Span, TracekinError } from '@tracekin/model';
import { ClickHouseStorage } from './clickhouse-storage.ts';
import { Connection } from './connection.ts';
import type { Engine } from './embedded/engine.ts';
import { spanText } from './read/distinct-spans.ts';
import { numberAt, uint64Column } from './read/span-rows.ts';
import { engineMissing, temporaryEngine } from './testing/embedded-engine.ts';

const missing = engineMissing();
/** More on demand: `TRACEKIN_CRASHES=200 node scripts/test.ts it packages/storage-clickhouse/src/crash`. */
const CRASHES = Number(process.env['TRACEKIN_CRASHES'] ?? 24);
const START = 1_790_000_000_000_000;

/** Two traces of a call each, and a span in another partition, so that a batch is more than one part. */
function batch(number: number): Span[] {
  return Array.from({ length: 200 }, (_, i) => {
    const trace = number * 100 + (i >> 1) + 1;
    return {
      traceId: trace.toString(16).padStart(16, '0'),
      id: ((i & 1) + 1).toString(16).padStart(16, '0'),
      ...(i & 1 && { parentId: '0000000000000001' }),
      kind: i & 1 ? ('SERVER' as const) : ('CLIENT' as const),
      timestamp: START + (i % 3) * 86_400_000_000 * (i & 1) + trace,
      localEndpoint: { serviceName: i & 1 ? 'back' : 'front' },
      tags: { number: String(number), 'request.id': `r-${number}-${i}` },
    };
  });
}

/** As the spool's writer does: the same batch again until it is written, columns as they were or made anew. */
async function writeUntilDone(storage: ClickHouseStorage, number: number): Promise<number> {
  const open = storage.openBatch();
  for (const span of batch(number)) open.add([span]);
  for (let attempt = 1; ; attempt++) {
    try {
      if ((number + attempt) % 3 === 0) await storage.write({ id: `crash-${number}`, spans: batch(number) });
      else await open.write(`crash-${number}`);
      open.close();
      return attempt;
    } catch (error) {
      assert(
        error instanceof TracekinError && (error.code === 'unavailable' || error.code === 'timeout'),
        String(error),
      );
      assert(attempt < 1_000, 'a batch is written in the end');
      await sleep(50);
    }
  }
}

async function crashAgainAndAgain(engine: Engine, done: () => boolean): Promise<number> {
  let crashes = 0;
  let seed = 7;
  while (!done()) {
    // Anywhere between right after a start and well into the work.
    seed = (seed * 48_271) % 2_147_483_647;
    await sleep(seed % 700);
    if (engine.pid === undefined) continue;
    process.kill(engine.pid, 'SIGKILL');
    crashes++;
    if (crashes >= CRASHES) break;
  }
  return crashes;
}

test(`no span is lost or doubled when the engine is killed ${CRASHES} times while batches are written`, async t => {
  if (missing !== undefined) return t.skip(missing);
  const { engine, close } = temporaryEngine({ backOffMs: [20] });
  const storage = new ClickHouseStorage({
    name: 'crash',
    connection: new Connection(() => engine.endpoint()),
    layout: { database: 'crash' },
    options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
    log: () => {},
  });
  try {
    let crashing = true;
    let next = 0;
    let retried = 0;
    const writer = async (): Promise<void> => {
      while (crashing) if ((await writeUntilDone(storage, next++)) > 1) retried++;
    };
    const crashes = crashAgainAndAgain(engine, () => false).finally(() => {
      crashing = false;
    });
    await Promise.all([writer(), writer()]);
    assert.equal(await crashes, CRASHES);
    assert(retried > 0, 'a crash hit a write');

    const wanted = Array.from({ length: next }, (_, number) => batch(number));
    for (const [number, spans] of wanted.entries()) {
      const ids = [...new Set(spans.map(({ traceId }) => traceId))];
      const stored = (await storage.getTraces(ids)).flat();
      assert.deepEqual(stored.map(spanText).sort(), spans.map(spanText).sort(), `batch ${number}`);
    }
    const connection = new Connection(() => engine.endpoint());
    const [block] = await connection.query({ text: 'SELECT count() AS spans FROM crash.spans' });
    assert.equal(numberAt(uint64Column(block!, 'spans'), 0), next * 200, 'rows on disk');
    await connection.close();

    const linker = new DependencyLinker();
    for (const spans of wanted)
      for (const trace of Map.groupBy(spans, ({ traceId }) => traceId).values()) linker.addTrace(trace);
    const window = { endTs: START / 1000 + 10 * 86_400_000, lookback: 30 * 86_400_000 };
    assert.deepEqual(await storage.getDependencies(window), linker.links());
    await storage.settleLinks();
    assert.deepEqual(await storage.getDependencies(window), linker.links());
    const query = { endTs: window.endTs, lookback: window.lookback, limit: 10, annotations: [] };
    const found = await storage.findTraces({ ...query, tags: [['request.id', `r-${next - 1}-7`]] });
    assert.equal(found.length, 1);
  } finally {
    await storage[Symbol.asyncDispose]();
    await close();
  }
});
