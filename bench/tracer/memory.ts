// Memory of a process that makes many spans, some of whose contexts are kept by timers far longer than the spans live:
//   node --expose-gc bench/tracer/memory.ts [--spans 1000000]      (the claim is about 10 million)
import { parseArgs } from 'node:util';
import { BatchReporter, currentContext, type Sender, Tracer } from '@tracekin/tracer';

const { values } = parseArgs({ options: { spans: { type: 'string', default: '1000000' } } });
const total = Number(values.spans);
/** Each trace is a root and nine children. */
const SPANS_PER_TRACE = 10;
/** Contexts that something outlives its trace with, as pooled connections and timers do. */
const KEPT_CONTEXTS = 10_000;

let delivered = 0;
const sender: Sender = {
  async send(message) {
    delivered += message.length;
  },
  close: () => Promise.resolve(),
};
const reporter = new BatchReporter({ sender });
const tracer = new Tracer({ serviceName: 'bench', reporter });
const kept: unknown[] = new Array(KEPT_CONTEXTS);

async function oneTrace(i: number): Promise<void> {
  await tracer.trace('request', async span => {
    span.tag('http.method', 'GET').tag('http.path', '/some/path').tag('payload', 'x'.repeat(200));
    kept[i % KEPT_CONTEXTS] = currentContext();
    for (let child = 1; child < SPANS_PER_TRACE; child++) tracer.trace('child', inner => inner.tag('n', child));
    await null;
  });
}

const collect = (globalThis as { gc?: () => void }).gc;
console.log('| spans | heap MB | external MB | RSS MB |\n|---|---|---|---|');
const start = performance.now();
const traces = total / SPANS_PER_TRACE;
const step = Math.ceil(traces / 10);
for (let i = 0; i < traces; i++) {
  await oneTrace(i);
  // Lets timers and the sender run, as a server's event loop does between requests.
  if (i % 100 === 0) await new Promise(resolve => setImmediate(resolve));
  if ((i + 1) % step === 0) {
    collect?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const cells = [heapUsed, external, rss].map(bytes => (bytes / 1e6).toFixed(1));
    console.log(`| ${(i + 1) * SPANS_PER_TRACE} | ${cells.join(' | ')} |`);
  }
}
await reporter.close();
const { spansDelivered, spansDropped } = reporter.metrics;
const seconds = (performance.now() - start) / 1000;
console.log(
  `${spansDelivered} delivered (${(delivered / 1e6).toFixed(0)} MB), dropped ${JSON.stringify(spansDropped)}, ${seconds.toFixed(1)} s, ${((seconds * 1e6) / total).toFixed(2)} µs a span`,
);
