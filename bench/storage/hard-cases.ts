// `node bench/storage/hard-cases.ts`: what could break the layout, on 300,000 ordinary spans: a trace of 100,000 spans, a
// service that is on every span, terms that are frequent and never meet. Embedded ClickHouse in a temporary directory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Span } from '@tracekin/model';
import type { TraceQuery } from '@tracekin/storage';
import { openClickHouseStorage } from '../../packages/storage-clickhouse/src/index.ts';
import { JaegerShape } from '../workload/jaeger-shape.ts';

const WIDE = 'abcdef0123456789';
const WIDE_SPANS = 100_000;

const dataDir = mkdtempSync(path.join(tmpdir(), 'tracekin-hard-'));
await using storage = openClickHouseStorage({
  dataDir,
  strictTraceId: true,
  searchEnabled: true,
  autocompleteKeys: [],
  log: (level, message) => level !== 'info' && console.error(message),
});
const shape = new JaegerShape({ stepMicros: 10_000 });
for (let batch = 0; batch < 6; batch++) {
  const spans = Array.from({ length: 5_000 }, () => shape.trace()).flat();
  // `hot` is the remote service of every span, and `tier` a tag that depends on the service.
  const changed = spans.map((span): Span => {
    const tier = span.localEndpoint?.serviceName === 'service-1' ? 'gold' : 'silver';
    return { ...span, remoteEndpoint: { serviceName: 'hot' }, tags: { ...span.tags, tier } };
  });
  await storage.write({ id: `ordinary-${batch}`, spans: changed });
}
const last = shape.trace()[0]!.timestamp!;
const idOf = (number: number): string => (number + 1).toString(16).padStart(16, '0');
for (let first = 0; first < WIDE_SPANS; first += 50_000) {
  const spans = Array.from({ length: 50_000 }, (_, i): Span => {
    const number = first + i;
    return {
      traceId: WIDE,
      id: idOf(number),
      parentId: number === 0 ? undefined : idOf(number >> 1),
      kind: 'SERVER',
      name: 'fan out',
      // Over ten minutes, so in 150 buckets.
      timestamp: last - 600_000_000 + number * 6_000,
      duration: 1_000,
      localEndpoint: { serviceName: number === 0 ? 'wide' : 'service-1' },
      remoteEndpoint: { serviceName: 'hot' },
      tags: { number: String(number) },
    };
  });
  await storage.write({ id: `wide-${first}`, spans });
}

const base: TraceQuery = { tags: [], annotations: [], endTs: Math.ceil(last / 1000), lookback: 86_400_000, limit: 20 };
const find = (query: Partial<TraceQuery>) => async (): Promise<number> =>
  (await storage.findTraces({ ...base, ...query })).length;
const cases: Readonly<Record<string, () => Promise<number>>> = {
  'the wide trace by id: spans': async () => (await storage.getTrace(WIDE)).length,
  'search that begins in the wide trace': find({ serviceName: 'service-1' }),
  'only the wide trace matches': find({ serviceName: 'wide' }),
  'a service of every span': find({ remoteServiceName: 'hot' }),
  'tag of high cardinality in the wide trace': find({ tags: [['number', '77777']] }),
  'two frequent terms that never meet': find({ serviceName: 'service-2', tags: [['tier', 'gold']] }),
  'no such service': find({ serviceName: 'nobody' }),
  'no such span name of a service': find({ serviceName: 'service-1', spanName: 'nothing' }),
  'links with the wide trace unsettled': async () => (await storage.getDependencies(base)).length,
  'links, all settled': async () => {
    await storage.settleLinks();
    return (await storage.getDependencies(base)).length;
  },
};
const figures = [];
for (const [name, run] of Object.entries(cases)) {
  const times: number[] = [];
  let found = 0;
  for (let i = 0; i < 5; i++) {
    const start = performance.now();
    found = await run();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  figures.push({ case: name, found, medianMs: Math.round(times[2]! * 10) / 10 });
}
console.table(figures);
await storage[Symbol.asyncDispose]();
rmSync(dataDir, { recursive: true, force: true });
