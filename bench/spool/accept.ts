// What the collector costs besides decoding: `node bench/spool/accept.ts [directory]`. Messages of 100 spans go through
// `accept` from 8 senders to a storage that takes everything at once; beside it the decoder alone on the same bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeSpans, encodeSpans } from '@tracekin/codec';
import { CollectorMetrics, createCollector, createSampler, openSpool } from '@tracekin/collector';
import type { Storage } from '@tracekin/storage';
import { JaegerShape } from '../workload/jaeger-shape.ts';

const messages = [...new JaegerShape().messages(200)].map(spans => encodeSpans(spans, 'json-v2'));
const rounds = 20;
const spans = messages.length * rounds * 100;

const nothing = {
  name: 'nothing',
  capabilities: { durable: true, deleteTrace: false },
  write: async () => {},
  check: async () => ({ ok: true }),
} as unknown as Storage;

/** CPU and wall time per span of one run, in microseconds. */
async function measure(run: () => Promise<void>): Promise<{ cpu: number; wall: number }> {
  const before = process.cpuUsage();
  const start = performance.now();
  await run();
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / spans, wall: ((performance.now() - start) * 1000) / spans };
}

async function decodeAll(): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const [i, message] of messages.entries()) {
      decodeSpans(message, 'json-v2');
      if (i % 8 === 7) await new Promise(setImmediate);
    }
  }
}

async function acceptAll(sampleRate: number, spooled: boolean): Promise<void> {
  const directory = await mkdtemp(join(process.argv[2] ?? tmpdir(), 'tracekin-bench-'));
  const collector = createCollector({
    storage: nothing,
    sampler: createSampler(sampleRate),
    metrics: new CollectorMetrics(),
    spool: spooled ? await openSpool({ directory }) : undefined,
  });
  let next = 0;
  const send = async (): Promise<void> => {
    while (next < messages.length * rounds) {
      const message = messages[next++ % messages.length]!;
      await collector.accept(message, 'json-v2', 'http');
      if (!spooled) await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
  await collector.drain();
  await collector[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
}

console.log(
  `${cpus().length} x ${cpus()[0]?.model}, Node ${process.version}; ${spans} spans of ${(messages[0]!.length / 100).toFixed(0)} bytes\n`,
);
await decodeAll();
await acceptAll(1, true);
console.log('                                        CPU us/span   wall us/span');
for (const [what, run] of [
  ['decode alone', decodeAll],
  ['collector, no spool', () => acceptAll(1, false)],
  ['collector, spool and writer', () => acceptAll(1, true)],
  ['the same at sample rate 0.99999 (ids read)', () => acceptAll(0.99999, true)],
] as const) {
  const results = [await measure(run), await measure(run), await measure(run)].sort((a, b) => a.cpu - b.cpu);
  const { cpu, wall } = results[1]!;
  console.log(`${what.padEnd(42)}${cpu.toFixed(2).padStart(9)}${wall.toFixed(2).padStart(15)}`);
}
