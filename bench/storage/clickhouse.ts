// `node bench/storage/clickhouse.ts [spans] [directory]`: spans of Jaeger's benchmark shape straight into the embedded
// ClickHouse storage, then the query table. Prints spans/s, CPU per span of the engine and of this process, bytes on disk.
// Default 1,000,000 spans in a fresh temporary directory that is removed afterwards; a directory that is given is kept, and
// with 0 spans only measured.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Span } from '@tracekin/model';
import { ClickHouseStorage } from '../../packages/storage-clickhouse/src/clickhouse-storage.ts';
import { Connection } from '../../packages/storage-clickhouse/src/connection.ts';
import { Engine } from '../../packages/storage-clickhouse/src/embedded/engine.ts';
import { numberColumn, stringColumn } from '../../packages/storage-clickhouse/src/read/span-rows.ts';
import { JaegerShape } from '../workload/jaeger-shape.ts';
import { measureQueries } from './measure.ts';
import { cpuMicros, memoryMb } from './process-cost.ts';

const TRACES_AT_ONCE = 5_000;

const total = Number(process.argv[2] ?? 1_000_000);
const given = process.argv[3];
const dataDir = given ?? mkdtempSync(path.join(tmpdir(), 'tracekin-bench-'));
const engine = new Engine({
  dataDir,
  memoryLimitBytes: 512 * 1024 * 1024,
  log: (level, message) => level !== 'info' && console.error(message),
});
const connection = new Connection(() => engine.endpoint());
const storage = new ClickHouseStorage({
  name: 'bench',
  connection,
  layout: { database: 'tracekin' },
  options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [] },
  log: (level, message) => level !== 'info' && console.error(message),
});

const shape = new JaegerShape({ stepMicros: 10_000 });
let sample: Span[] = [];
try {
  const { ok } = await storage.check();
  if (!ok) throw new Error('the engine does not start');
  const pid = engine.pid!;
  console.log(`engine ready, ${memoryMb(pid).now} MB`);

  let written = 0;
  let writeMs = 0;
  let ownCpu = 0;
  const engineStart = cpuMicros(pid);
  while (written < total) {
    // Generating the spans is not what is measured: only the time inside of `write` counts.
    const spans = arrivalOrder(Array.from({ length: TRACES_AT_ONCE }, () => shape.trace()));
    sample = spans.slice(0, 100);
    const cpu = process.cpuUsage();
    const start = performance.now();
    await storage.write({ id: `bench-${Date.now()}-${written}`, spans });
    writeMs += performance.now() - start;
    const used = process.cpuUsage(cpu);
    ownCpu += used.user + used.system;
    written += spans.length;
  }
  if (written > 0) {
    const inserted = cpuMicros(pid) - engineStart;
    console.log(`${written} spans: ${Math.round((written / writeMs) * 1000)} spans/s inside write()`);
    console.log(
      `CPU us/span: engine ${(inserted / written).toFixed(2)}, this process ${(ownCpu / written).toFixed(2)}`,
    );
    const before = process.cpuUsage();
    const settling = performance.now();
    await storage.settleLinks();
    const linked = process.cpuUsage(before);
    console.log(
      `links of the last traces settled in ${Math.round(performance.now() - settling)} ms, ` +
        `${Math.round((linked.user + linked.system) / 1000)} ms CPU of this process`,
    );
    await settle();
    console.log(
      `CPU us/span of the engine with the merges that followed: ${((cpuMicros(pid) - engineStart) / written).toFixed(2)}`,
    );
  } else {
    for (let i = 0; i < 100; i++) sample.push(shape.trace()[i % 10]!);
  }
  console.log(
    `engine memory: ${JSON.stringify(memoryMb(pid))} MB; this process: ${JSON.stringify(memoryMb(process.pid))} MB`,
  );
  console.log(await sizes());
  const [newest] = await connection.query({ text: 'SELECT toUInt32(max(bucket)) AS bucket FROM tracekin.spans' });
  const endTs = (numberColumn(newest!, 'bucket')[0]! + 1) * 4_000;
  console.table(await measureQueries(storage, sample, endTs, pid));
  console.log(
    `engine memory: ${JSON.stringify(memoryMb(pid))} MB; this process: ${JSON.stringify(memoryMb(process.pid))} MB`,
  );
} finally {
  await storage[Symbol.asyncDispose]();
  await engine.close();
  if (given === undefined) rmSync(dataDir, { recursive: true, force: true });
}

/** Each trace spread over ten messages, one a service, as it arrives at a server. */
function arrivalOrder(traces: readonly (readonly Span[])[]): Span[] {
  const spans: Span[] = [];
  for (let start = 0; start < traces.length; start += 100) {
    for (let service = 0; service < 10; service++) {
      for (const trace of traces.slice(start, start + 100)) spans.push(trace[service]!);
    }
  }
  return spans;
}

/** Until merges are done, at most 20 s. */
async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) {
    await new Promise(resolve => setTimeout(resolve, 500));
    const blocks = await connection.query({ text: 'SELECT table FROM system.merges' });
    if (blocks.length === 0 && i > 4) return;
  }
}

async function sizes(): Promise<string> {
  const blocks = await connection.query({
    text: `SELECT assumeNotNull(formatReadableTable) AS formatReadableTable FROM (
      SELECT concat(table, '.', column, ' ', toString(round(sum(column_bytes_on_disk) / (SELECT count() FROM tracekin.spans), 2))) AS formatReadableTable,
        sum(column_bytes_on_disk) AS bytes
      FROM system.parts_columns WHERE active AND database = 'tracekin' GROUP BY table, column HAVING bytes > 0
      UNION ALL
      SELECT concat('TOTAL ', table, ' ', toString(round(sum(bytes_on_disk) / (SELECT count() FROM tracekin.spans), 2)), ' B/span, ',
        toString(count()), ' parts, ', toString(sum(rows)), ' rows'), sum(bytes_on_disk)
      FROM system.parts WHERE active AND database = 'tracekin' GROUP BY table
    ) ORDER BY bytes DESC`,
  });
  return blocks.flatMap(block => [...stringColumn(block, 'formatReadableTable')]).join('\n');
}
