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
const WINDOW = { endTs: START_MS + 3_600_000, lookback: 86_400_000 };

function expected(spans: readonly Span[]): ReturnType<DependencyLinker['links']> {
  const linker = new DependencyLinker();
  for (const trace of groupByLowTraceId(spans).values())
    if (isInWindow(WINDOW, traceTimestamp(trace))) linker.addTrace(trace);
  return linker.links();
}

if (missing !== undefined) {
  test('two servers on one engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  let databases = 0;

  const step = fc.record({
    server: fc.integer({ min: 0, max: 1 }),
    share: fc.integer({ min: 1, max: 100 }),
    next: fc.constantFrom('nothing', 'settle', 'other-leads', 'crash'),
  });

  test('links are exact at both servers, whoever writes which span of a trace, settles, crashes or takes over', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(randomTrace(START_MS * 1000), { minLength: 1, maxLength: 8 }),
        fc.array(step, { minLength: 2, maxLength: 6 }),
        async (traces, steps) => {
          const database = `two_${++databases}`;
          let leader = 0;
          let names = 0;
          const running = ['', ''];
          const open = (server: number): ClickHouseStorage => {
            const name = `${server}-${++names}`;
            running[server] = name;
            return new ClickHouseStorage({
              name: 'two',
              connection: new Connection(() => engine.endpoint()),
              layout: { database },
              options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
              log: () => {},
              shared: {
                server: name,
                leadership: {
                  // One that crashed does nothing any more.
                  isLeader: () => Promise.resolve(leader === server && running[server] === name),
                  [Symbol.asyncDispose]: () => Promise.resolve(),
                },
              },
            });
          };
          const servers = [open(0), open(1)];
          const crashed: ClickHouseStorage[] = [];
          let rest = traces.flat();
          const written: Span[] = [];
          try {
            for (const [i, { server, share, next }] of [
              ...steps,
              { server: 0, share: 100, next: 'settle' },
            ].entries()) {
              // Every second span, so that the servers share traces.
              const batch = rest.filter((_, at) => at % 2 === i % 2).slice(0, Math.ceil((rest.length * share) / 100));
              const last = i === steps.length ? rest : batch;
              rest = rest.filter(span => !last.includes(span));
              if (last.length > 0) await servers[server]!.write({ id: `${database}-${i}`, spans: last });
              written.push(...last);
              if (next === 'settle') {
                // It hears of what the other one wrote when it is asked.
                await servers[leader]!.getDependencies(WINDOW);
                await servers[leader]!.settleLinks();
              }
              if (next === 'other-leads') leader = 1 - leader;
              if (next === 'crash') {
                crashed.push(servers[server]!);
                servers[server] = open(server);
              }
              for (const one of servers) assert.deepEqual(await one.getDependencies(WINDOW), expected(written));
            }
          } finally {
            for (const one of [...servers, ...crashed]) await one[Symbol.asyncDispose]();
            await new Connection(() => engine.endpoint()).command({ text: `DROP DATABASE ${database} SYNC` });
          }
        },
      ),
      { numRuns: Number(process.env['TRACEKIN_PROPERTY_RUNS'] ?? 15), endOnFailure: true },
    );
  });
}
