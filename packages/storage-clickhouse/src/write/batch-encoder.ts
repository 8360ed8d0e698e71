import { setImmediate } from 'node:timers/promises';
import type { Span } from '@tracekin/model';
import { type BlockColumn, encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { DictionaryColumn } from '../native/dictionary-column.ts';
import { parseHex32 } from '../native/hex.ts';
import { WordColumn } from '../native/word-column.ts';
import { BatchNames, type NameRow } from './batch-names.ts';
import { bucketOf, dayOf } from './bucket.ts';
import { formatAddress } from './endpoint-text.ts';
import { KeyShapes } from './key-shapes.ts';
import { Postings } from './postings.ts';
import { DEBUG, ERROR, kindBits, LONG_TRACE_ID, SHARED } from './span-flags.ts';
import { finishHash, hashBytes, TERM_SEED, termHash } from './token-hash.ts';
import { TracePlaces } from './trace-places.ts';

const PRIME = 0x01000193;
/** Some ten milliseconds. */
const SPANS_WITHOUT_PAUSE = 4_096;

/** A batch as blocks in Native format, one per table; each buffer is its own. */
export interface EncodedBatch {
  readonly spans: Buffer;
  /** Where its traces are. */
  readonly traces: Buffer;
  /** Undefined when nothing of it can be searched. */
  readonly postings: Buffer | undefined;
  /** Distinct names of the batch. */
  readonly names: readonly NameRow[];
  /** low, high of the traces it touches; may repeat. */
  readonly traceWords: Uint32Array;
}

export interface BatchEncoderOptions {
  readonly searchEnabled: boolean;
  readonly autocompleteKeys: readonly string[];
}

/**
 * Turns spans into columns. Keeps its buffers from batch to batch, so one encoder serves one batch at a time; what it
 * returns is the caller's.
 */
export class BatchEncoder {
  readonly #searchEnabled: boolean;
  readonly #autocompleteKeys: ReadonlySet<string>;
  readonly #keyShapes = new KeyShapes();
  readonly #postings = new Postings();
  readonly #places = new TracePlaces();
  readonly #names = new BatchNames();
  readonly #day = new WordColumn();
  readonly #bucket = new WordColumn();
  readonly #traceLow = new WordColumn();
  readonly #traceHigh = new WordColumn();
  readonly #id = new WordColumn();
  readonly #parentId = new WordColumn();
  readonly #flags = new ByteWriter();
  readonly #timestamp = new WordColumn();
  readonly #duration = new WordColumn();
  readonly #service = new DictionaryColumn();
  readonly #name = new DictionaryColumn();
  readonly #remote = new DictionaryColumn();
  readonly #localAddress = new ByteWriter();
  readonly #remoteAddress = new ByteWriter();
  readonly #tagKeys = new DictionaryColumn();
  readonly #tagEnds = new WordColumn();
  readonly #tagValues = new ByteWriter();
  readonly #annotationEnds = new WordColumn();
  readonly #annotationTimes = new WordColumn();
  readonly #annotationValues = new ByteWriter();
  #tags = 0;
  #annotations = 0;
  /** Number of this batch. */
  #batch = 0;

  constructor(options: BatchEncoderOptions) {
    this.#searchEnabled = options.searchEnabled;
    this.#autocompleteKeys = new Set(options.autocompleteKeys);
  }

  /** `now` (milliseconds) places spans of a batch in which no span has a timestamp. */
  encode(spans: readonly Span[], now: number): EncodedBatch {
    const untimed = this.#start(spans, now);
    for (const span of spans) this.#span(span, untimed);
    return this.#finish(spans.length, untimed);
  }

  /** The same with pauses, so that 50,000 spans do not stop the process for a tenth of a second. One at a time. */
  async encodeWithPauses(spans: readonly Span[], now: number): Promise<EncodedBatch> {
    const untimed = this.#start(spans, now);
    for (let i = 0; i < spans.length; i++) {
      if (i % SPANS_WITHOUT_PAUSE === SPANS_WITHOUT_PAUSE - 1) await setImmediate();
      this.#span(spans[i]!, untimed);
    }
    return this.#finish(spans.length, untimed);
  }

  #start(spans: readonly Span[], now: number): number {
    this.#reset();
    return bucketOf(latestTimestamp(spans) ?? now * 1000);
  }

  #finish(rows: number, untimed: number): EncodedBatch {
    return {
      spans: this.#spansBlock(rows),
      traces: this.#places.encode(),
      postings: this.#searchEnabled ? this.#postings.encode() : undefined,
      names: this.#searchEnabled ? this.#names.rows(dayOf(untimed)) : [],
      traceWords: this.#places.traceWords(),
    };
  }

  #span(span: Span, untimed: number): void {
    const { traceId, timestamp, localEndpoint, remoteEndpoint, annotations, tags } = span;
    const long = traceId.length === 32;
    const lowStart = long ? 16 : 0;
    const traceHigh32 = parseHex32(traceId, lowStart);
    const traceLow32 = parseHex32(traceId, lowStart + 8);
    const bucket = timestamp === undefined ? untimed : bucketOf(timestamp);
    const slot = traceHigh32 >>> 16;
    const searchable = this.#searchEnabled && timestamp !== undefined;
    this.#places.add(traceHigh32, traceLow32, bucket);

    this.#day.uint32(dayOf(bucket));
    this.#bucket.uint32(bucket);
    this.#traceLow.uint64(traceHigh32, traceLow32);
    if (long) this.#traceHigh.uint64(parseHex32(traceId, 0), parseHex32(traceId, 8));
    else this.#traceHigh.uint64(0, 0);
    this.#id.uint64(parseHex32(span.id, 0), parseHex32(span.id, 8));
    if (span.parentId === undefined) this.#parentId.uint64(0, 0);
    else this.#parentId.uint64(parseHex32(span.parentId, 0), parseHex32(span.parentId, 8));
    this.#timestamp.uint64Number(timestamp ?? 0);
    this.#duration.uint64Number(span.duration ?? 0);

    const service = localEndpoint?.serviceName ?? '';
    const name = span.name ?? '';
    const remote = remoteEndpoint?.serviceName ?? '';
    const serviceIndex = this.#service.push(service);
    const nameIndex = this.#name.push(name);
    const remoteIndex = this.#remote.push(remote);
    this.#localAddress.string(formatAddress(localEndpoint));
    this.#remoteAddress.string(formatAddress(remoteEndpoint));
    if (this.#searchEnabled) {
      const terms = this.#names.add(service, name, remote, serviceIndex, nameIndex, remoteIndex);
      if (searchable && terms.frequentIn !== bucket) {
        let frequent = true;
        for (const hash of terms.hashes) frequent = this.#postings.add(hash, bucket, slot) && frequent;
        if (frequent) terms.frequentIn = bucket;
      }
    }

    let flags = kindBits(span.kind);
    if (span.shared) flags |= SHARED;
    if (span.debug) flags |= DEBUG;
    if (long) flags |= LONG_TRACE_ID;
    let shape = this.#keyShapes.root();
    if (tags !== undefined) {
      for (const key in tags) {
        shape = this.#keyShapes.after(shape, key);
        const value = tags[key]!;
        if (searchable) {
          this.#postings.add(this.#tagValue(value, shape.tagState), bucket, slot);
          // Keys are nearly always frequent, and then this is half of all the work with the index.
          if (shape.frequentIn !== bucket || shape.batch !== this.#batch) {
            if (this.#postings.add(shape.wordHash, bucket, slot)) {
              shape.frequentIn = bucket;
              shape.batch = this.#batch;
            }
          }
        } else {
          this.#tagValues.string(value);
        }
        if (key === 'error') flags |= ERROR;
        if (this.#autocompleteKeys.has(key) && this.#searchEnabled) this.#names.addTag(key, value);
        this.#tags++;
      }
    }
    this.#tagKeys.push(shape.text);
    this.#tagEnds.uint64Number(this.#tags);
    this.#flags.uint8(flags);

    if (annotations !== undefined) {
      for (const annotation of annotations) {
        this.#annotationTimes.uint64Number(annotation.timestamp);
        this.#annotationValues.string(annotation.value);
        if (searchable) this.#postings.add(termHash(TERM_SEED.word, annotation.value), bucket, slot);
      }
      this.#annotations += annotations.length;
    }
    this.#annotationEnds.uint64Number(this.#annotations);
  }

  /** Writes a tag's value and returns the hash of the whole tag: one pass over the text does both. */
  #tagValue(value: string, state: number): number {
    const out = this.#tagValues;
    const count = value.length;
    if (count < 64) {
      out.reserve(count + 1);
      const { bytes, length } = out;
      let hash = state;
      let i = 0;
      for (; i < count; i++) {
        const code = value.charCodeAt(i);
        if (code > 0x7f) break;
        hash = Math.imul(hash ^ code, PRIME);
        bytes[length + 1 + i] = code;
      }
      if (i === count) {
        bytes[length] = count;
        out.length = length + 1 + count;
        return finishHash(hash);
      }
    }
    const size = Buffer.byteLength(value, 'utf8');
    out.string(value);
    return finishHash(hashBytes(state, out.bytes, out.length - size, out.length));
  }

  #spansBlock(rows: number): Buffer {
    // Of an array column the ends of each row come before the values.
    const tagValues = inTurn(this.#tagEnds, this.#tagValues);
    const annotationTimes = inTurn(this.#annotationEnds, this.#annotationTimes);
    const annotationValues = inTurn(this.#annotationEnds, this.#annotationValues);
    return encodeBlock(rows, [
      { name: 'day', type: 'UInt32', data: this.#day },
      { name: 'bucket', type: 'UInt32', data: this.#bucket },
      { name: 'trace_low', type: 'UInt64', data: this.#traceLow },
      { name: 'trace_high', type: 'UInt64', data: this.#traceHigh },
      { name: 'id', type: 'UInt64', data: this.#id },
      { name: 'parent_id', type: 'UInt64', data: this.#parentId },
      { name: 'flags', type: 'UInt8', data: this.#flags },
      { name: 'timestamp', type: 'UInt64', data: this.#timestamp },
      { name: 'duration', type: 'UInt64', data: this.#duration },
      { name: 'service', type: 'LowCardinality(String)', data: this.#service },
      { name: 'name', type: 'LowCardinality(String)', data: this.#name },
      { name: 'remote', type: 'LowCardinality(String)', data: this.#remote },
      { name: 'local_address', type: 'String', data: this.#localAddress },
      { name: 'remote_address', type: 'String', data: this.#remoteAddress },
      { name: 'tag_keys', type: 'LowCardinality(String)', data: this.#tagKeys },
      { name: 'tag_values', type: 'Array(String)', data: tagValues },
      { name: 'annotation_times', type: 'Array(UInt64)', data: annotationTimes },
      { name: 'annotation_values', type: 'Array(String)', data: annotationValues },
    ]);
  }

  #reset(): void {
    this.#batch++;
    for (const column of [
      this.#day,
      this.#bucket,
      this.#traceLow,
      this.#traceHigh,
      this.#id,
      this.#parentId,
      this.#flags,
      this.#timestamp,
      this.#duration,
      this.#service,
      this.#name,
      this.#remote,
      this.#localAddress,
      this.#remoteAddress,
      this.#tagKeys,
      this.#tagEnds,
      this.#tagValues,
      this.#annotationEnds,
      this.#annotationTimes,
      this.#annotationValues,
    ]) {
      column.reset();
    }
    this.#postings.reset();
    this.#places.reset();
    this.#names.reset();
    this.#tags = 0;
    this.#annotations = 0;
  }
}

function inTurn(ends: WordColumn, values: WordColumn | ByteWriter): BlockColumn['data'] {
  return {
    writeTo(out: ByteWriter): void {
      ends.writeTo(out);
      if (values instanceof ByteWriter) out.append(values.view());
      else values.writeTo(out);
    },
  };
}

function latestTimestamp(spans: readonly Span[]): number | undefined {
  let latest = 0;
  for (const { timestamp } of spans) if (timestamp !== undefined && timestamp > latest) latest = timestamp;
  return latest === 0 ? undefined : latest;
}
