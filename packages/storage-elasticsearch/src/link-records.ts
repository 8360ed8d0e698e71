import { formatHex64, ID_WORDS, PARENT_ID, parseHex32, RawSpan, SPAN_ID, TRACE_HIGH, TRACE_LOW } from '@tracekin/codec';
import type { Endpoint, Kind, Span } from '@tracekin/model';
import { hasError } from './has-error.ts';

const kinds: readonly (Kind | undefined)[] = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];
/** Bits of `traits` above those of the kind. */
export const isLong = 8;
export const isShared = 16;
export const isFailed = 32;
const kindBits = 7;

/** Stands for tags with an error. */
const failed = { error: '' } as const;

/**
 * What linking reads of spans, as numbers: some seconds of spans wait to be linked, and as objects they would be moved and looked at by the
 * garbage collector for as long.
 */
export class LinkRecords {
  length = 0;
  /** `ID_WORDS` each, as in `RawMessage.ids`. */
  ids: Uint32Array = new Uint32Array(ID_WORDS * 16);
  /** Microseconds; 0 without. */
  timestamps: Float64Array = new Float64Array(16);
  durations: Float64Array = new Float64Array(16);
  /** Number of the kind, and the flags above. */
  traits: Uint8Array = new Uint8Array(16);
  readonly local: (Endpoint | undefined)[] = [];
  readonly remote: (Endpoint | undefined)[] = [];

  add(span: Span): void {
    const record = this.length;
    this.grow(record + 1);
    this.length += 1;
    const at = record * ID_WORDS;
    let long: boolean;
    if (span instanceof RawSpan) {
      const { ids } = span.message;
      const from = span.index * ID_WORDS;
      for (let word = 0; word < ID_WORDS; word++) this.ids[at + word] = ids[from + word]!;
      long = span.hasLongTraceId;
    } else {
      const { traceId, id, parentId } = span;
      long = traceId.length === 32;
      this.#setId(at + TRACE_HIGH, long ? traceId : undefined, 0);
      this.#setId(at + TRACE_LOW, traceId, traceId.length - 16);
      this.#setId(at + SPAN_ID, id, 0);
      this.#setId(at + PARENT_ID, parentId, 0);
    }
    this.timestamps[record] = span.timestamp ?? 0;
    this.durations[record] = span.duration ?? 0;
    this.traits[record] =
      kinds.indexOf(span.kind) |
      (long ? isLong : 0) |
      (span.shared === true ? isShared : 0) |
      (hasError(span) ? isFailed : 0);
    this.local[record] = span.localEndpoint;
    this.remote[record] = span.remoteEndpoint;
  }

  /** Puts a record of others in the place `to`, for which there is room. */
  copy(from: LinkRecords, record: number, to: number): void {
    for (let word = 0; word < ID_WORDS; word++) this.ids[to * ID_WORDS + word] = from.ids[record * ID_WORDS + word]!;
    this.timestamps[to] = from.timestamps[record]!;
    this.durations[to] = from.durations[record]!;
    this.traits[to] = from.traits[record]!;
    this.local[to] = from.local[record];
    this.remote[to] = from.remote[record];
  }

  /** Makes room for `count` records in all. */
  grow(count: number): void {
    const room = this.traits.length;
    if (count <= room) return;
    const larger = Math.max(count, 2 * room);
    this.ids = grown(this.ids, new Uint32Array(larger * ID_WORDS));
    this.timestamps = grown(this.timestamps, new Float64Array(larger));
    this.durations = grown(this.durations, new Float64Array(larger));
    this.traits = grown(this.traits, new Uint8Array(larger));
  }

  /** As linking reads it: without names, annotations, and tags other than `error`. */
  span(record: number): Span {
    const traits = this.traits[record]!;
    return {
      traceId: this.traceId(record),
      parentId: this.start(record).parentId === undefined ? undefined : this.#id(record, PARENT_ID),
      id: this.#id(record, SPAN_ID),
      kind: kinds[traits & kindBits],
      timestamp: this.timestamps[record] || undefined,
      duration: this.durations[record] || undefined,
      localEndpoint: this.local[record],
      remoteEndpoint: this.remote[record],
      shared: (traits & isShared) === 0 ? undefined : true,
      tags: (traits & isFailed) === 0 ? undefined : failed,
    };
  }

  /** What says when a trace starts; the parent's id is any. */
  start(record: number): Pick<Span, 'timestamp' | 'parentId'> {
    const at = record * ID_WORDS + PARENT_ID;
    const isRoot = this.ids[at] === 0 && this.ids[at + 1] === 0;
    return { timestamp: this.timestamps[record] || undefined, parentId: isRoot ? undefined : '' };
  }

  traceId(record: number): string {
    const low = this.#id(record, TRACE_LOW);
    return (this.traits[record]! & isLong) === 0 ? low : this.#id(record, TRACE_HIGH) + low;
  }

  clear(): void {
    this.length = 0;
    this.local.length = 0;
    this.remote.length = 0;
  }

  #id(record: number, word: number): string {
    const at = record * ID_WORDS + word;
    return formatHex64(this.ids[at]!, this.ids[at + 1]!);
  }

  #setId(at: number, hex: string | undefined, start: number): void {
    this.ids[at] = hex === undefined ? 0 : parseHex32(hex, start);
    this.ids[at + 1] = hex === undefined ? 0 : parseHex32(hex, start + 8);
  }
}

function grown<T extends Uint32Array | Float64Array | Uint8Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
