import { TracekinError } from '@tracekin/model';
import type { TraceContext } from '../trace-context.ts';
import { b3Multi } from './b3-multi.ts';
import { b3Single } from './b3-single.ts';
import { type BaggageField, BaggagePropagation } from './baggage.ts';
import type { Extracted, FormatName, Getter, PropagationFormat, Setter } from './format.ts';
import { w3cTraceContext } from './w3c.ts';
import { xray } from './xray.ts';

/** Every built-in format. */
export const PROPAGATION_FORMATS: Readonly<Record<FormatName, PropagationFormat>> = {
  b3: b3Single,
  b3multi: b3Multi,
  tracecontext: w3cTraceContext,
  xray,
};

/** Which formats are read and written. */
export interface PropagationOptions {
  /** Tried in order until one yields ids. Default: b3, b3multi, tracecontext, xray. */
  readonly read?: readonly (FormatName | PropagationFormat)[] | undefined;
  /** Written to outgoing requests. Default: b3multi and tracecontext, which every Zipkin or OpenTelemetry service reads. */
  readonly write?: readonly (FormatName | PropagationFormat)[] | undefined;
  /** Written to messages (PRODUCER spans). Default: b3 and tracecontext, as message headers cost space. */
  readonly writeMessages?: readonly (FormatName | PropagationFormat)[] | undefined;
  /** Default none. */
  readonly baggage?: readonly BaggageField[] | undefined;
}

/** Reads several formats and writes some of them. */
export class Propagation {
  readonly #read: readonly PropagationFormat[];
  readonly #write: readonly PropagationFormat[];
  readonly #writeMessages: readonly PropagationFormat[];
  readonly baggage: BaggagePropagation | undefined;
  /** Lower-case names of all headers that `inject` may write. */
  readonly fields: readonly string[];

  constructor(options: PropagationOptions = {}) {
    this.#read = formats(options.read ?? ['b3', 'b3multi', 'tracecontext', 'xray']);
    this.#write = formats(options.write ?? ['b3multi', 'tracecontext']);
    this.#writeMessages = formats(options.writeMessages ?? options.write ?? ['b3', 'tracecontext']);
    this.baggage = options.baggage?.length ? new BaggagePropagation(options.baggage) : undefined;
    this.fields = [...new Set([...this.#write, ...this.#writeMessages].flatMap(format => format.fields))];
  }

  /** What the carrier says; a decision without ids counts only when no format yields ids. */
  extract<C>(carrier: C, get: Getter<C>): Extracted | undefined {
    let found: Extracted | undefined;
    for (const format of this.#read) {
      const extracted = format.extract(carrier, get);
      if (extracted === undefined) continue;
      if (extracted.traceId !== undefined) {
        found = extracted;
        break;
      }
      found ??= extracted;
    }
    if (this.baggage === undefined) return found;
    const baggage = this.baggage.extract(carrier, get);
    return baggage === undefined ? found : { ...found, baggage };
  }

  /** Writes the context; `message` chooses the formats for messages. */
  inject<C>(context: TraceContext, carrier: C, set: Setter<C>, message = false): void {
    const formats = message ? this.#writeMessages : this.#write;
    for (let i = 0; i < formats.length; i++) formats[i]!.inject(context, carrier, set);
    if (this.baggage !== undefined) this.baggage.inject(context, carrier, set);
  }
}

function formats(list: readonly (FormatName | PropagationFormat)[]): readonly PropagationFormat[] {
  return list.map(item => {
    const format = typeof item === 'string' ? PROPAGATION_FORMATS[item] : item;
    if (format !== undefined) return format;
    const known = Object.keys(PROPAGATION_FORMATS).join(', ');
    throw new TracekinError('invalid-configuration', `unknown propagation format "${item}", known: ${known}`);
  });
}
