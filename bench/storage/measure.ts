import type { Span } from '@tracekin/model';
import type { Storage, TraceQuery } from '@tracekin/storage';
import { cpuMicros } from './process-cost.ts';

export interface QueryFigure {
  readonly query: string;
  readonly medianMs: number;
  readonly slowestMs: number;
  /** CPU of the engine and of this process for one query: unlike the times, nearly the same on a busy machine. */
  readonly cpuMs: number;
  readonly traces: number;
}

const RUNS = 15;

/** The queries of the table in the storage issue, against whatever was loaded last. Medians of 15 after two that warm up. */
export async function measureQueries(
  storage: Storage,
  sample: readonly Span[],
  endTs: number,
  enginePid: number,
): Promise<QueryFigure[]> {
  const base: TraceQuery = { tags: [], annotations: [], endTs, lookback: 30 * 86_400_000, limit: 20 };
  const span = sample[0]!;
  const tags = span.tags ?? {};
  const hour = 3_600_000;
  let next = 0;
  const sampleSpan = (): Span => sample[next++ % sample.length]!;
  const find = (query: Partial<TraceQuery>) => async (): Promise<number> =>
    (await storage.findTraces({ ...base, ...query })).length;
  const cases: readonly (readonly [string, () => Promise<number>])[] = [
    ['trace by id', async () => (await storage.getTrace(sampleSpan().traceId)).length],
    ['service, 1 h', find({ serviceName: 'service-3', lookback: hour })],
    ['service, all', find({ serviceName: 'service-3' })],
    ['service and span name', find({ serviceName: 'service-3', spanName: span.name })],
    ['rare tag', async () => find({ tags: [['request.id', sampleSpan().tags!['request.id']!]] })()],
    [
      'rare tag and service',
      async () => {
        const one = sampleSpan();
        return find({
          serviceName: one.localEndpoint?.serviceName,
          tags: [['request.id', one.tags!['request.id']!]],
        })();
      },
    ],
    ['10 % tag', find({ tags: [['cloud.region', tags['cloud.region']!]] })],
    ['10 % tag and service', find({ serviceName: 'service-3', tags: [['cloud.region', tags['cloud.region']!]] })],
    ['tag key', find({ annotations: ['request.id'] })],
    ['no criteria', find({})],
    ['duration', find({ minDuration: 11_000 })],
    ['no such tag', find({ tags: [['request.id', 'nowhere']] })],
    ['no such word', find({ annotations: ['nowhere'] })],
    ['impossible duration', find({ minDuration: 1e12 })],
    ['service names', async () => (await storage.getServiceNames()).length],
    ['span names', async () => (await storage.getSpanNames('service-3')).length],
    ['links, 24 h', async () => (await storage.getDependencies({ endTs, lookback: 86_400_000 })).length],
  ];
  const figures: QueryFigure[] = [];
  for (const [query, run] of cases) {
    const times: number[] = [];
    let traces = 0;
    const cpu = cpuMicros(enginePid) + cpuMicros(process.pid);
    let runs = 0;
    for (let i = 0; i < RUNS + 2; i++) {
      const start = performance.now();
      traces = await run();
      runs++;
      if (i >= 2) times.push(performance.now() - start);
      // A query that takes seconds is told apart from one that takes milliseconds by one run.
      if (performance.now() - start > 3_000) {
        times.push(performance.now() - start);
        break;
      }
    }
    const used = cpuMicros(enginePid) + cpuMicros(process.pid) - cpu;
    times.sort((a, b) => a - b);
    figures.push({
      query,
      medianMs: round(times[times.length >> 1]!),
      slowestMs: round(times.at(-1)!),
      cpuMs: round(used / 1000 / runs),
      traces,
    });
  }
  return figures;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
