// Heap that decoded spans keep: `node --expose-gc bench/codec/retained.ts`. Strings that recur are shared by our decoders.
import { decodeSpans, encodeSpans, type Format } from '@tracekin/codec';
import { JaegerShape } from '../workload/jaeger-shape.ts';
import { parseAndNormalize } from './hybrid.ts';

const { gc } = globalThis as { gc?: () => void };
if (gc === undefined) throw new Error('run with --expose-gc');

const messages = [...new JaegerShape().messages(500)];
const spans = messages.reduce((sum, message) => sum + message.length, 0);

function row(label: string, format: Format, decode: (body: Uint8Array) => unknown): void {
  const bodies = messages.map(message => encodeSpans(message, format));
  decode(bodies[0]!);
  gc!();
  const before = process.memoryUsage().heapUsed;
  const kept = bodies.map(decode);
  gc!();
  const bytes = (process.memoryUsage().heapUsed - before) / spans;
  console.log(
    `${label.padEnd(24)} ${Math.round(bytes).toString().padStart(6)} B of heap a span (${kept.length} messages)`,
  );
}

row('JSON.parse, normalize', 'json-v2', parseAndNormalize);
for (const format of ['json-v2', 'json-v1', 'thrift', 'proto3', 'otlp-proto'] as const)
  row(`decode ${format}`, format, body => decodeSpans(body, format));
