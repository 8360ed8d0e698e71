// What the spool costs: `node bench/spool/append.ts [directory]`. One record is a message of 100 spans, about 60 KB; `senders`
// is how many appends wait at once, as HTTP connections do; `paced` sends 1,000 records a second, which is 100,000 spans,
// and nothing faster. Latency is from the append to its acknowledgement.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeSpans } from '@tracekin/codec';
import { openSpool, type SyncMode } from '@tracekin/collector';
import { JaegerShape } from '../workload/jaeger-shape.ts';

const parent = process.argv[2] ?? tmpdir();
const spans = 100;
const [message] = new JaegerShape({ spansPerMessage: spans }).messages(1);
const payload = encodeSpans(message!, 'json-v2');
const seconds = 2;

console.log(`${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}, ${parent}`);
console.log(`records of ${spans} spans, ${payload.length} bytes\n`);
console.log('sync      senders   records/s    MB/s   us/record   CPU us/record   CPU us/span   p50 ms   p99 ms');

for (const sync of ['never', 'interval', 'always'] as const satisfies readonly SyncMode[]) {
  for (const senders of ['paced', 1, 8, 64] as const) {
    const directory = await mkdtemp(join(parent, 'tracekin-bench-'));
    const spool = await openSpool({ directory, sync, maxBytes: 1e12 });
    const latencies: number[] = [];
    const cpuBefore = process.cpuUsage();
    const start = performance.now();
    const until = start + seconds * 1000;
    const append = async (): Promise<void> => {
      const from = performance.now();
      const info = { format: 'json-v2', transport: 'http', spanCount: spans, acceptedAt: Date.now() } as const;
      const { to } = await spool.append({ ...info, payload });
      latencies.push(performance.now() - from);
      // As the writer does, so that segments are deleted and the disk does not fill.
      if (latencies.length % 1000 === 0) {
        const { id } = await spool.plans.plan(to);
        await spool.plans.done(id);
      }
    };
    const send = async (): Promise<void> => {
      while (performance.now() < until) await append();
    };
    /** One of 8 senders, each with a record every 8 ms, out of step with each other. */
    const paced = async (_: unknown, sender: number): Promise<void> => {
      for (let due = start + sender; due < until; due += 8) {
        const early = due - performance.now();
        if (early > 0) await sleep(early);
        await append();
      }
    };
    if (senders === 'paced') await Promise.all(Array.from({ length: 8 }, paced));
    else await Promise.all(Array.from({ length: senders }, send));
    const elapsed = performance.now() - start;
    const { user, system } = process.cpuUsage(cpuBefore);
    await spool.close();
    await rm(directory, { recursive: true });
    const records = latencies.length;
    latencies.sort((a, b) => a - b);
    const at = (share: number): string => latencies[Math.floor(records * share)]!.toFixed(2);
    const cpu = (user + system) / records;
    const columns: [string, number][] = [
      [String(senders), 9],
      [((records / elapsed) * 1000).toFixed(0), 12],
      [((records * payload.length) / elapsed / 1000).toFixed(0), 8],
      [((elapsed * 1000) / records).toFixed(1), 12],
      [cpu.toFixed(1), 16],
      [(cpu / spans).toFixed(2), 14],
      [at(0.5), 9],
      [at(0.99), 9],
    ];
    console.log(sync.padEnd(8) + columns.map(([text, width]) => text.padStart(width)).join(''));
  }
}
