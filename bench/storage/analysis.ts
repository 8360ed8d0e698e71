// `node bench/storage/analysis.ts [millions]`: counting all spans in the embedded ClickHouse storage. Writes 200,000 spans of
// Jaeger's benchmark shape and copies them inside of the engine to as many millions (default 10), a tenth of an hour apart.
// Prints milliseconds (median of three) and the engine's largest memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { SpanCountQuery } from '@tracekin/storage';
import { ClickHouseStorage } from '../../packages/storage-clickhouse/src/clickhouse-storage.ts';
import { Connection } from '../../packages/storage-clickhouse/src/connection.ts';
import { Engine } from '../../packages/storage-clickhouse/src/embedded/engine.ts';
import { JaegerShape } from '../workload/jaeger-shape.ts';
import { memoryMb } from './process-cost.ts';

const BASE = 200_000;
const APART_BUCKETS = 90;
const copies = Math.max(1, Math.round((Number(process.argv[2] ?? 10) * 1e6) / BASE));
const dataDir = mkdtempSync(path.join(tmpdir(), 'tracekin-bench-'));
const engine = new Engine({ dataDir, memoryLimitBytes: 512 * 1024 * 1024, log: () => {} });
const connection = new Connection(() => engine.endpoint());
const storage = new ClickHouseStorage({
  name: 'bench',
  connection,
  layout: { database: 'tracekin' },
  options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
  log: () => {},
});

try {
  const shape = new JaegerShape({ stepMicros: 1_000 });
  let latest = 0;
  let written = 0;
  for (let batch = 0; written < BASE; batch++) {
    const spans = Array.from({ length: 4_000 }, () => shape.trace()).flat();
    latest = spans.reduce((most, { timestamp = 0 }) => Math.max(most, timestamp), latest);
    await storage.write({ id: `base-${batch}`, spans });
    written += spans.length;
  }
  const columns = [
    'trace_high, id, parent_id, flags',
    'duration, service, name, remote, local_address, remote_address',
    'tag_keys, tag_values, annotation_times, annotation_values',
  ];
  for (let copy = 1; copy < copies; copy++) {
    const back = copy * APART_BUCKETS;
    await connection.command(
      {
        text: `INSERT INTO tracekin.spans (day, bucket, trace_low, timestamp, ${columns.join(', ')})
          SELECT intDiv(bucket - ${back}, 21600), bucket - ${back}, cityHash64(trace_low, ${copy}), timestamp - ${back * 4_000_000}, ${columns.join(', ')}
          FROM tracekin.spans WHERE timestamp > ${latest - APART_BUCKETS * 4_000_000}`,
      },
      { timeoutMs: 120_000 },
    );
  }
  const whole: SpanCountQuery = {
    tags: [],
    annotations: [],
    scope: 'all',
    endTs: Math.ceil(latest / 1000),
    lookback: (copies + 1) * APART_BUCKETS * 4_000,
    bucketMs: (copies + 1) * APART_BUCKETS * 40,
  };
  const { analysis } = storage;
  const spans = (await analysis.countSpans(whole)).reduce((sum, cell) => sum + cell.spans, 0);
  const [service] = (await analysis.countGroups({ ...whole, by: 'service', atMost: 1 })).groups;
  console.log(
    `${spans} spans over ${(whole.lookback / 3_600_000).toFixed(1)} hours, engine ${memoryMb(engine.pid!).now} MB`,
  );
  const hour = { ...whole, lookback: 3_600_000, bucketMs: 30_000 };
  const ofService = { ...whole, serviceName: service!.serviceName };
  const part = { fromDuration: 1_000_000 };
  const runs: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    ['heatmap, everything', () => analysis.countSpans(whole)],
    ['heatmap, the last hour', () => analysis.countSpans(hour)],
    ['heatmap, one service', () => analysis.countSpans(ofService)],
    ['services, everything', () => analysis.countGroups({ ...whole, scope: 'entries', by: 'service', atMost: 100 })],
    ['operations, everything', () => analysis.countGroups({ ...whole, by: 'operation', atMost: 1000 })],
    ['sample of everything', () => analysis.sampleSpans({ ...whole, part: {}, side: 'inside', atMost: 5000 })],
    [
      'sample of the errors',
      () => analysis.sampleSpans({ ...whole, part: { error: true }, side: 'inside', atMost: 5000 }),
    ],
    ['sample of a box', () => analysis.sampleSpans({ ...whole, part, side: 'inside', atMost: 5000 })],
    ['sample of the rest', () => analysis.sampleSpans({ ...whole, part, side: 'outside', atMost: 5000 })],
  ];
  for (const [name, run] of runs) {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const start = performance.now();
      await run();
      times.push(performance.now() - start);
    }
    console.log(
      `${name.padEnd(26)} ${times
        .sort((a, b) => a - b)[1]!
        .toFixed(0)
        .padStart(6)} ms`,
    );
  }
  console.log(`engine ${JSON.stringify(memoryMb(engine.pid!))} MB`);
} finally {
  await storage[Symbol.asyncDispose]();
  await engine.close();
  rmSync(dataDir, { recursive: true, force: true });
}
