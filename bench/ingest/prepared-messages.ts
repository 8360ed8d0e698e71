import { encodeSpans } from '@tracekin/codec';
import { JaegerShape } from '../workload/jaeger-shape.ts';

const spansPerMessage = 100;

interface Prepared {
  readonly body: Buffer;
  /** Where trace ids and timestamps stand, and the last 32 bits of each id and the timestamps as prepared. */
  readonly traceIds: readonly number[];
  readonly lastWords: readonly number[];
  readonly timestamps: readonly number[];
  readonly firstTimestamps: readonly number[];
}

/** JSON v2 messages of Jaeger's benchmark shape, made once and then repeated as new traces: new ids, later timestamps. */
export class PreparedMessages {
  readonly #messages: readonly Prepared[];
  readonly #roundMicros: number;

  /** `count` distinct messages, a multiple of ten so that traces are complete. */
  constructor({ count, seed = 1, startMicros }: { count: number; seed?: number; startMicros?: number | undefined }) {
    const shape = new JaegerShape({ seed, spansPerMessage, ...(startMicros !== undefined && { startMicros }) });
    this.#roundMicros = (count / 10) * spansPerMessage * 1000;
    this.#messages = Array.from(shape.messages(count), spans => {
      const body = Buffer.from(encodeSpans(spans, 'json-v2'));
      const traceIds = positions(body, '"traceId":"');
      const timestamps = positions(body, '"timestamp":');
      return {
        body,
        traceIds,
        lastWords: traceIds.map(at => Number.parseInt(body.toString('latin1', at + 24, at + 32), 16)),
        timestamps,
        firstTimestamps: timestamps.map(at => Number(body.toString('latin1', at, at + 16))),
      };
    });
  }

  /** The `index`th message, a copy of its own. */
  body(index: number): Buffer {
    const message = this.#messages[index % this.#messages.length]!;
    const body = Buffer.from(message.body);
    const round = Math.floor(index / this.#messages.length);
    if (round === 0) return body;
    // In the low half of the id: dependency links know a trace by that alone.
    const mark = Math.imul(round, 0x9e3779b1);
    message.traceIds.forEach((at, i) => {
      const word = (message.lastWords[i]! ^ mark) >>> 0;
      body.write(word.toString(16).padStart(8, '0'), at + 24, 'latin1');
    });
    message.timestamps.forEach((at, i) => {
      body.write(String(message.firstTimestamps[i]! + round * this.#roundMicros), at, 'latin1');
    });
    return body;
  }
}

function positions(bytes: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) found.push(at + text.length);
  return found;
}
