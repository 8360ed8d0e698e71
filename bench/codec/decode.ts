// What one core decodes and encodes: `node bench/codec/decode.ts [seconds per row]`.
import { decodeSpans, encodeSpans, type Format } from '@tracekin/codec';
import { JaegerShape } from '../workload/jaeger-shape.ts';
import { parseAndCheck, parseAndNormalize } from './hybrid.ts';

const secondsPerRow = Number(process.argv[2] ?? 2);
const messages = [...new JaegerShape().messages(50)];
const spans = messages.reduce((sum, message) => sum + message.length, 0);

interface Row {
  readonly label: string;
  readonly inputs: readonly unknown[];
  readonly run: (input: never) => unknown;
  readonly bytes: number;
  /** Milliseconds a span, of the best pass over all inputs: free of warm-up and of what else the machine does. */
  best: number;
}
const rows: Row[] = [];

function row(label: string, inputs: readonly unknown[], run: (input: never) => unknown, bytes: number): void {
  rows.push({ label, inputs, run, bytes, best: Number.POSITIVE_INFINITY });
}

/** Rows take turns, so that a machine which is busy for a while is busy for all of them. */
function measure(): void {
  const slices = 10;
  for (let slice = 0; slice < slices; slice++) {
    for (const each of rows) {
      const until = performance.now() + (secondsPerRow * 1000) / slices;
      do {
        const start = performance.now();
        for (const input of each.inputs) each.run(input as never);
        each.best = Math.min(each.best, (performance.now() - start) / spans);
      } while (performance.now() < until);
    }
  }
  for (const { label, bytes, best } of rows) {
    const perSecond = Math.round(1000 / best).toLocaleString('en');
    console.log(
      `${label.padEnd(24)} ${perSecond.padStart(10)} spans/s ${(best * 1000).toFixed(2).padStart(7)} us/span ${String(Math.round(bytes / spans)).padStart(5)} B/span`,
    );
  }
}

const formats: readonly Format[] = ['json-v2', 'json-v1', 'thrift', 'proto3', 'otlp-json', 'otlp-proto'];
console.log(
  `node ${process.version}, ${process.platform} ${process.arch}, ${spans} spans in ${messages.length} messages`,
);
for (const format of formats) {
  let bodies: Uint8Array[];
  try {
    bodies = messages.map(message => encodeSpans(message, format));
  } catch (error) {
    console.log(`${format.padEnd(24)} ${String(error)}`);
    continue;
  }
  const size = bodies.reduce((sum, body) => sum + body.length, 0);
  if (format === 'json-v2') {
    const decoder = new TextDecoder();
    row('JSON.parse alone', bodies, (body: Uint8Array) => JSON.parse(decoder.decode(body)), size);
    // The other design: fast where the input has no quirks, but it loses some of them unseen unless it counts keys.
    row('JSON.parse, normalize', bodies, parseAndNormalize, size);
    row('JSON.parse, exact', bodies, parseAndCheck, size);
  }
  row(`decode ${format}`, bodies, (body: Uint8Array) => decodeSpans(body, format), size);
  row(`encode ${format}`, messages, (message: never) => encodeSpans(message, format), size);
}
measure();
