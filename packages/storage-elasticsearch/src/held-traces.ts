import { formatHex64, ID_WORDS, TRACE_HIGH, TRACE_LOW } from '@tracekin/codec';
import { isLong, LinkRecords } from './link-records.ts';

const none = -1;

/** A trace whose spans are held, by its number; numbers are used again when a trace was removed. */
export type HeldTrace = number;

/** Spans that wait to be linked, by the low 64 bits of their trace ids. All times are milliseconds. */
export class HeldTraces {
  readonly records: LinkRecords = new LinkRecords();
  /** Of each record, the next one of its trace; of a free one, the next free one. */
  #next = new Int32Array(0);
  #freeRecord = none;
  #records = 0;
  #spans = 0;
  readonly #free: HeldTrace[] = [];
  /** Of each trace. */
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  readonly #count: number[] = [];
  readonly #since: number[] = [];
  readonly #touched: number[] = [];
  /** Of each trace, the next one with this hash. */
  readonly #chain: HeldTrace[] = [];
  #heads = new Int32Array(1024).fill(none);
  #size = 0;

  get spans(): number {
    return this.#spans;
  }

  /** Traces that are held. */
  get size(): number {
    return this.#size;
  }

  /** Adds records. Returns the trace ids among them that were not known of their traces. */
  add(records: LinkRecords, now: number): string[] {
    const fresh: string[] = [];
    this.#reserve(records.length);
    for (let from = 0; from < records.length; from++) {
      const at = from * ID_WORDS;
      const [high, low] = [records.ids[at + TRACE_LOW]!, records.ids[at + TRACE_LOW + 1]!];
      let trace = this.#find(high, low);
      const isNew = trace === none;
      if (isNew) trace = this.#open(high, low, now);
      else if (!this.#knowsId(trace, records, from)) fresh.push(records.traceId(from));
      const record = this.#take();
      this.records.copy(records, from, record);
      this.#next[record] = none;
      if (isNew) {
        this.#first[trace] = record;
        fresh.push(records.traceId(from));
      } else this.#next[this.#last[trace]!] = record;
      this.#last[trace] = record;
      this.#count[trace] = this.#count[trace]! + 1;
      this.#touched[trace] = now;
    }
    this.#spans += records.length;
    return fresh;
  }

  /** Traces that no span came for since `quietSince`, or that are held since `heldSince`. */
  due(quietSince: number, heldSince: number): HeldTrace[] {
    const due: HeldTrace[] = [];
    for (let trace = 0; trace < this.#count.length; trace++) {
      if (this.#count[trace] === 0) continue;
      if (this.#touched[trace]! <= quietSince || this.#since[trace]! <= heldSince) due.push(trace);
    }
    return due;
  }

  count(trace: HeldTrace): number {
    return this.#count[trace]!;
  }

  /** Numbers in `records` of a trace's spans, in the order they came. */
  recordsOf(trace: HeldTrace): number[] {
    const found: number[] = [];
    for (let record = this.#first[trace]!; record !== none; record = this.#next[record]!) found.push(record);
    return found;
  }

  lowTraceId(trace: HeldTrace): string {
    const at = this.#first[trace]! * ID_WORDS + TRACE_LOW;
    return formatHex64(this.records.ids[at]!, this.records.ids[at + 1]!);
  }

  /** Ids that its spans were reported with: one, or a 64-bit and a 128-bit one. */
  traceIds(trace: HeldTrace): string[] {
    const first = this.#first[trace]!;
    const ids = [this.records.traceId(first)];
    for (let record = this.#next[first]!; record !== none; record = this.#next[record]!) {
      if (this.#isSameId(record, this.records, first)) continue;
      const id = this.records.traceId(record);
      if (!ids.includes(id)) ids.push(id);
    }
    return ids;
  }

  remove(trace: HeldTrace): void {
    const at = this.#first[trace]! * ID_WORDS + TRACE_LOW;
    this.#unchain(trace, hashOf(this.records.ids[at]!, this.records.ids[at + 1]!, this.#heads.length));
    for (let record = this.#first[trace]!; record !== none; ) {
      const next = this.#next[record]!;
      this.records.local[record] = undefined;
      this.records.remote[record] = undefined;
      this.#next[record] = this.#freeRecord;
      this.#freeRecord = record;
      record = next;
    }
    this.#spans -= this.#count[trace]!;
    this.#count[trace] = 0;
    this.#free.push(trace);
    this.#size -= 1;
  }

  has(lowTraceId: string): boolean {
    return this.#find(Number.parseInt(lowTraceId.slice(0, 8), 16), Number.parseInt(lowTraceId.slice(8), 16)) !== none;
  }

  #find(high: number, low: number): HeldTrace {
    const { ids } = this.records;
    for (let trace = this.#heads[hashOf(high, low, this.#heads.length)]!; trace !== none; trace = this.#chain[trace]!) {
      const at = this.#first[trace]! * ID_WORDS + TRACE_LOW;
      if (ids[at] === high && ids[at + 1] === low) return trace;
    }
    return none;
  }

  #open(high: number, low: number, now: number): HeldTrace {
    if (this.#size >= this.#heads.length) this.#rehash();
    const trace = this.#free.pop() ?? this.#count.length;
    const head = hashOf(high, low, this.#heads.length);
    this.#chain[trace] = this.#heads[head]!;
    this.#heads[head] = trace;
    this.#count[trace] = 0;
    this.#since[trace] = now;
    this.#size += 1;
    return trace;
  }

  #rehash(): void {
    this.#heads = new Int32Array(this.#heads.length * 2).fill(none);
    for (let trace = 0; trace < this.#count.length; trace++) {
      if (this.#count[trace] === 0) continue;
      const at = this.#first[trace]! * ID_WORDS + TRACE_LOW;
      const head = hashOf(this.records.ids[at]!, this.records.ids[at + 1]!, this.#heads.length);
      this.#chain[trace] = this.#heads[head]!;
      this.#heads[head] = trace;
    }
  }

  #unchain(trace: HeldTrace, head: number): void {
    if (this.#heads[head] === trace) {
      this.#heads[head] = this.#chain[trace]!;
      return;
    }
    let before = this.#heads[head]!;
    while (this.#chain[before] !== trace) before = this.#chain[before]!;
    this.#chain[before] = this.#chain[trace]!;
  }

  /** Whether the trace has a record with this one's whole trace id. */
  #knowsId(trace: HeldTrace, records: LinkRecords, record: number): boolean {
    for (let known = this.#first[trace]!; known !== none; known = this.#next[known]!)
      if (this.#isSameId(known, records, record)) return true;
    return false;
  }

  #isSameId(record: number, records: LinkRecords, other: number): boolean {
    const { ids, traits } = this.records;
    const [a, b] = [record * ID_WORDS + TRACE_HIGH, other * ID_WORDS + TRACE_HIGH];
    if (((traits[record]! ^ records.traits[other]!) & isLong) !== 0) return false;
    return ids[a] === records.ids[b] && ids[a + 1] === records.ids[b + 1];
  }

  #reserve(count: number): void {
    const needed = this.#spans + count;
    if (needed <= this.#next.length) return;
    this.records.grow(needed);
    const larger = new Int32Array(this.records.traits.length);
    larger.set(this.#next);
    this.#next = larger;
  }

  #take(): number {
    const free = this.#freeRecord;
    if (free === none) return this.#records++;
    this.#freeRecord = this.#next[free]!;
    return free;
  }
}

function hashOf(high: number, low: number, size: number): number {
  return (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b) ^ (low >>> 15)) & (size - 1);
}
