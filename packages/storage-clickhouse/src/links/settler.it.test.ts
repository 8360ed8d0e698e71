import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DependencyLinker, groupByLowTraceId, type Span, traceTimestamp } from '@tracekin/model';
import { isInWindow } from '@tracekin/storage';
import fc from 'fast-check';
import { ClickHouseStorage } from '../clickhouse-storage.ts';
import { Connection } from '../connection.ts';
import { engineMissing, temporaryEngine } from '../testing/embedded-engine.ts';
import { randomTrace } from '../testing/random-trace.ts';

const missing = engineMissing();
const START_MS = 1_790_000_000_000;

/** What the links of a window are by definition. */
function expected(
  spans: readonly Span[],
  window: { endTs: number; lookback: number },
): ReturnType<DependencyLinker['links']> {
  const linker = new DependencyLinker();
  for (const trace of groupByLowTraceId(spans).values()) {
    if (isInWindow(window, traceTimestamp(trace))) linker.addTrace(trace);
  }
  return linker.links();
}

if (missing !== undefined) {
  test('dependency links on the embedded engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  let databases = 0;
  const open = (database: string, isAlive: () => boolean = () => true): ClickHouseStorage =>
    new ClickHouseStorage({
      name: 'links',
      // One that crashed must not go on settling: an embedded engine has one server at a time.
      connection: new Connection(() => (isAlive() ? engine.endpoint() : Promise.reject(new Error('crashed')))),
      layout: { database },
      options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
      log: () => {},
    });

  const step = fc.record({
    /** How many of the waiting spans to write, in per cent. */
    share: fc.integer({ min: 1, max: 100 }),
    next: fc.constantFrom('nothing', 'settle', 'restart', 'crash', 'delete'),
  });
  const windows = [
    { endTs: START_MS + 3_600_000, lookback: 86_400_000 },
    { endTs: START_MS + 60_000, lookback: 60_000 },
    { endTs: START_MS + 130_123, lookback: 100_001 },
    { endTs: START_MS + 59_999, lookback: 59_999 },
    { endTs: START_MS + 90_000, lookback: 1 },
  ];

  test('links are exact for any window, whatever the order of spans, settling, restarts and deletions', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomTrace(START_MS * 1000), { minLength: 1, maxLength: 8 }),
        fc.array(step, { minLength: 1, maxLength: 5 }),
        fc.nat(),
        async (traces, steps, seed) => {
          const database = `links_${++databases}`;
          let runs = 0;
          const start = (): ClickHouseStorage => {
            const run = ++runs;
            return open(database, () => run === runs);
          };
          let storage = start();
          let rest = shuffled(traces.flat(), seed);
          let written: Span[] = [];
          let batches = 0;
          const crashed: ClickHouseStorage[] = [];
          try {
            for (const { share, next } of [...steps, { share: 100, next: 'settle' }]) {
              const count = Math.ceil((rest.length * share) / 100);
              const batch = rest.slice(0, count);
              rest = rest.slice(count);
              if (batch.length > 0) await storage.write({ id: `${database}-${++batches}`, spans: batch });
              written.push(...batch);
              if (next === 'settle') await storage.settleLinks();
              if (next === 'restart') {
                await storage[Symbol.asyncDispose]();
                storage = start();
              }
              // Without a close: what the old one had in memory is lost, the tables stay.
              if (next === 'crash') {
                crashed.push(storage);
                storage = start();
              }
              if (next === 'delete' && written.length > 0) {
                const { traceId } = written[0]!;
                await storage.deleteTrace(traceId);
                written = written.filter(span => span.traceId !== traceId);
              }
              for (const window of windows)
                assert.deepEqual(await storage.getDependencies(window), expected(written, window));
            }
          } finally {
            for (const one of [storage, ...crashed]) await one[Symbol.asyncDispose]();
            await new Connection(() => engine.endpoint()).command({ text: `DROP DATABASE ${database} SYNC` });
          }
        },
      ),
      // Shrinking would take minutes: each run writes to an engine. The seed is in the message.
      { numRuns: Number(process.env['TRACEKIN_PROPERTY_RUNS'] ?? 40), endOnFailure: true },
    );
  });
}

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const copy = [...items];
  let state = seed % 2_147_483_647 || 1;
  for (let i = copy.length - 1; i > 0; i--) {
    state = (state * 48_271) % 2_147_483_647;
    const j = state % (i + 1);
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
