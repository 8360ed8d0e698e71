// What one core decodes and encodes: `node bench/codec/decode.ts [seconds per row]`.
import { decodeSpans, encodeSpans, type Format } from '@tracekin/codec';
import { normalizeSpan, type SpanInput } from '@tracekin/model';
import { JaegerShape } from '../workload/jaeger-shape.ts';

const secondsPerRow = Number(process.argv[2] ?? 2);
const messages = [...new JaegerShape().messages(200)];
const spans = messages.reduce((sum, message) => sum + message.length, 0);

/** Runs over all messages until the time is up and prints one row: the best of five slices, free of warm-up. */
function row(label: string, inputs: readonly unknown[], run: (input: never) => unknown, bytes: number): void {
  let best = Number.POSITIVE_INFINITY;
  const slices = 5;
  for (let slice = 0; slice < slices; slice++) {
    const until = performance.now() + (secondsPerRow * 1000) / slices;
    while (performance.now() < until) {
      const start = performance.now();
      for (const input of inputs) run(input as never);
      best = Math.min(best, (performance.now() - start) / spans);
    }
  }
  const perSecond = Math.round(1000 / best).toLocaleString('en');
  console.log(
    `${label.padEnd(24)} ${perSecond.padStart(10)} spans/s ${(best * 1000).toFixed(2).padStart(7)} us/span ${String(Math.round(bytes / spans)).padStart(5)} B/span`,
  );
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
    const parse = (body: Uint8Array): SpanInput[] => JSON.parse(decoder.decode(body));
    row('JSON.parse alone', bodies, parse, size);
    // The other design: fast where the input has no quirks, but it loses numbers in tags and needs a second parser for them.
    row('JSON.parse, normalize', bodies, (body: Uint8Array) => parse(body).map(normalizeSpan), size);
  }
  row(`decode ${format}`, bodies, (body: Uint8Array) => decodeSpans(body, format), size);
  row(`encode ${format}`, messages, (message: never) => encodeSpans(message, format), size);
}
