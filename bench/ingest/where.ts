// Where the time goes between a message and its rows on disk, without HTTP and without a load generator beside it:
//   npm run bench -- where [spans] [spans a second]
// JSON v2 messages of 100 spans go straight into the collector, with the spool on disk and the embedded engine. Prints CPU a span
// of this process and of the engine by its threads (HTTPHandler: inserts and queries; MergeMutate: merges), how large batches
// became, and how often the engine rewrote a row. For the functions inside of this process add --cpu-prof to node.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CollectorMetrics, createCollector, createSampler, openSpool } from '@tracekin/collector';
import { ClickHouseStorage } from '../../packages/storage-clickhouse/src/clickhouse-storage.ts';
import { Connection } from '../../packages/storage-clickhouse/src/connection.ts';
import { Engine } from '../../packages/storage-clickhouse/src/embedded/engine.ts';
import { numberAt, stringColumn, uint64Column } from '../../packages/storage-clickhouse/src/read/span-rows.ts';
import { PreparedMessages } from './prepared-messages.ts';

const total = Number(process.argv[2] ?? 500_000);
const rate = Number(process.argv[3] ?? 0);
const senders = 8;

const directory = mkdtempSync(join(tmpdir(), 'tracekin-where-'));
const engine = new Engine({
  dataDir: directory,
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
const { ok } = await storage.check();
if (!ok) throw new Error('the engine does not start');
const collector = createCollector({
  storage,
  spool: await openSpool({ directory: join(directory, 'spool') }),
  sampler: createSampler(1),
  metrics: new CollectorMetrics(),
});
const messages = new PreparedMessages({ count: 2_000, startMicros: (Date.now() - 3_600_000) * 1000 });

/** CPU of the engine by thread name, microseconds. */
function engineThreads(): Map<string, number> {
  const threads = new Map<string, number>();
  const tasks = `/proc/${engine.pid}/task`;
  for (const task of readdirSync(tasks)) {
    let stat: string;
    try {
      stat = readFileSync(`${tasks}/${task}/stat`, 'utf8');
    } catch {
      // It has ended.
      continue;
    }
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    threads.set(name, (threads.get(name) ?? 0) + ticks * 10_000);
  }
  return threads;
}

async function engineEvents(): Promise<Map<string, number>> {
  const events = new Map<string, number>();
  for (const block of await connection.query({ text: 'SELECT event, toUInt64(value) AS value FROM system.events' })) {
    const names = stringColumn(block, 'event');
    const values = uint64Column(block, 'value');
    for (let row = 0; row < block.rows; row++) events.set(names[row]!, numberAt(values, row));
  }
  return events;
}

/** Seconds that it took. */
async function send(first: number, count: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const sender = async (): Promise<void> => {
    while (next < count) {
      const message = next++;
      const wait = rate === 0 ? 0 : started + ((message * 100) / rate) * 1000 - performance.now();
      if (wait > 1) await sleep(wait);
      await collector.accept(messages.body(first + message), 'json-v2', 'http');
    }
  };
  await Promise.all(Array.from({ length: senders }, sender));
  return (performance.now() - started) / 1000;
}

try {
  await send(0, 500);
  await collector.drain(60_000);
  const before = { own: process.cpuUsage(), threads: engineThreads(), events: await engineEvents() };
  const { batchesStored } = collector.backlog;
  const seconds = await send(500, total / 100);
  await collector.drain(60_000);
  const batches = collector.backlog.batchesStored - batchesStored;
  // Links are settled after three seconds, merges go on for a while.
  await sleep(8_000);
  const own = process.cpuUsage(before.own);
  const each = (micros: number): string => (micros / total).toFixed(2);
  console.log(
    `${Math.round(total / seconds)} spans/s in ${batches} batches of ${Math.round(total / batches)} on average; CPU us/span:`,
  );
  console.log(`  this process, making the messages included: ${each(own.user + own.system)}`);
  for (const [name, micros] of [...engineThreads()].sort((a, b) => b[1] - a[1])) {
    const used = micros - (before.threads.get(name) ?? 0);
    if (used > 0) console.log(`  engine, ${name}: ${each(used)}`);
  }
  const events = await engineEvents();
  const grown = (event: string): number => (events.get(event) ?? 0) - (before.events.get(event) ?? 0);
  console.log(
    `rows inserted a span: ${each(grown('InsertedRows'))}, rewritten by ${grown('Merge')} merges: ${each(grown('MergedRows'))}; ` +
      `inserts ${grown('InsertQuery')}, selects ${grown('SelectQuery')}; bytes a span written to disk ${each(grown('WriteBufferFromFileDescriptorWriteBytes'))}`,
  );
} finally {
  await collector[Symbol.asyncDispose]();
  await storage[Symbol.asyncDispose]();
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
}
