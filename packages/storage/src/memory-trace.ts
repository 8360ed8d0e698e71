import { type DependencyLink, type EpochMicros, linkSpans, type Span, traceTimestamp } from '@tracekin/model';
import type { UsedName, UsedService } from './name-index.ts';
import type { Aging } from './oldest-first.ts';
import { SpanSet } from './span-set.ts';

/** The spans of one trace in memory, with what is known about all of them. */
export class MemoryTrace implements Aging {
  /** The low 64 bits of its trace ids. */
  readonly id: string;
  /** Unlike `id` never used again. Above 0. */
  readonly serial: number;
  /** The latest timestamp of any span; 0 while none has one. */
  latest: EpochMicros = 0;
  /** Names that this trace keeps alive; owned by `NameIndex`. */
  readonly services: UsedService[] = [];
  readonly names: UsedName[] = [];
  readonly #set = new SpanSet();
  /** Several trace ids share the low 64 bits. */
  #mixed = false;
  #start: EpochMicros | undefined;
  #startKnown = false;
  #links: readonly DependencyLink[] | undefined;

  constructor(id: string, serial: number) {
    this.id = id;
    this.serial = serial;
  }

  get spans(): readonly Span[] {
    return this.#set.spans;
  }

  /** Returns false when an equal span is there already. */
  add(span: Span): boolean {
    if (!this.#set.add(span)) return false;
    if (span.timestamp !== undefined && span.timestamp > this.latest) this.latest = span.timestamp;
    if (span.traceId !== this.spans[0]!.traceId) this.#mixed = true;
    this.#startKnown = false;
    this.#links = undefined;
    return true;
  }

  /** The spans of each distinct trace id. */
  byTraceId(): readonly (readonly Span[])[] {
    return this.#mixed ? [...Map.groupBy(this.spans, span => span.traceId).values()] : [this.spans];
  }

  /** The model's `traceTimestamp`, kept until the next span comes. */
  start(): EpochMicros | undefined {
    if (!this.#startKnown) {
      this.#start = traceTimestamp(this.spans);
      this.#startKnown = true;
    }
    return this.#start;
  }

  /** The model's `linkSpans`, kept until the next span comes. */
  links(): readonly DependencyLink[] {
    this.#links ??= linkSpans(this.spans);
    return this.#links;
  }
}
