import type { Span } from '@tracekin/model';
import type { BatchLinkRows } from '../links/batch-link-rows.ts';
import { type BlockColumn, encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { DictionaryColumn } from '../native/dictionary-column.ts';
import { parseHex32 } from '../native/hex.ts';
import { WordColumn } from '../native/word-column.ts';
import { AddressColumn } from './address-column.ts';
import { BatchNames, type NameRow } from './batch-names.ts';
import { bucketOf, dayOf } from './bucket.ts';
import { KeyShapes } from './key-shapes.ts';
import { Postings } from './postings.ts';
import { RowChains } from './row-chains.ts';
import { DEBUG, ERROR, kindBits, LONG_TRACE_ID, SHARED } from './span-flags.ts';
import { finishHash, hashBytes, TERM_SEED, termHash } from './token-hash.ts';
import { TracePlaces } from './trace-places.ts';

const PRIME = 0x01000193;

/** A batch as blocks in Native format, one per table; each buffer is its own. */
export interface EncodedBatch {
  readonly rows: number;
  readonly spans: Buffer;
  /** Where its traces are. */
  readonly traces: Buffer;
  /** Undefined when nothing of it can be searched. */
  readonly postings: Buffer | undefined;
  /** Distinct names of the batch. */
  readonly names: readonly NameRow[];
  /** What dependency links need of it. */
  readonly links: BatchLinkRows;
}

export interface BatchEncoderOptions {
  readonly searchEnabled: boolean;
  readonly autocompleteKeys: readonly string[];
}

/**
 * Turns spans into columns as they come. Keeps its buffers from batch to batch, so one encoder serves one batch at a time;
 * what `finish` returns is the caller's.
 */
export class BatchEncoder {
  readonly #searchEnabled: boolean;
  readonly #autocompleteKeys: ReadonlySet<string>;
  readonly #keyShapes = new KeyShapes();
  readonly #postings = new Postings();
  readonly #places = new TracePlaces();
  /** Rows by the place of their trace. */
  readonly #chains = new RowChains();
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
  readonly #localAddress = new AddressColumn();
  readonly #remoteAddress = new AddressColumn();
  readonly #tagKeys = new DictionaryColumn();
  readonly #tagEnds = new WordColumn();
  readonly #tagValues = new ByteWriter();
  readonly #annotationEnds = new WordColumn();
  readonly #annotationTimes = new WordColumn();
  readonly #annotationValues = new ByteWriter();
  #tags = 0;
  #annotations = 0;
  #rows = 0;
  /** Microseconds; 0 while no span has a timestamp. */
  #latest = 0;
  /** Row, high and low half of the trace's low id, of spans without a timestamp: they are placed when all others are. */
  #untimed: number[] = [];
  /** Number of this batch. */
  #batch = 1;

  constructor(options: BatchEncoderOptions) {
    this.#searchEnabled = options.searchEnabled;
    this.#autocompleteKeys = new Set(options.autocompleteKeys);
  }

  /** Spans since the last `finish` or `reset`. */
  get rows(): number {
    return this.#rows;
  }

  /** The batch, after which the next one starts. `now` (milliseconds) places it if no span of it has a timestamp. */
  finish(now: number): EncodedBatch {
    const untimed = this.#latest === 0 ? bucketOf(now * 1000) : bucketOf(this.#latest);
    this.#placeUntimed(untimed);
    const encoded: EncodedBatch = {
      rows: this.#rows,
      spans: this.#spansBlock(this.#rows),
      traces: this.#places.encode(),
      postings: this.#searchEnabled ? this.#postings.encode(this.#serviceTerms()) : undefined,
      names: this.#searchEnabled ? this.#names.rows(dayOf(untimed)) : [],
      links: this.#linkRows(),
    };
    this.reset();
    return encoded;
  }

  add(span: Span): void {
    const { traceId, timestamp, localEndpoint, remoteEndpoint, annotations, tags } = span;
    const long = traceId.length === 32;
    const lowStart = long ? 16 : 0;
    const traceHigh32 = parseHex32(traceId, lowStart);
    const traceLow32 = parseHex32(traceId, lowStart + 8);
    const row = this.#rows++;
    let bucket = 0;
    if (timestamp === undefined) {
      this.#untimed.push(row, traceHigh32, traceLow32);
    } else {
      bucket = bucketOf(timestamp);
      if (timestamp > this.#latest) this.#latest = timestamp;
      this.#chains.add(this.#places.add(traceHigh32, traceLow32, bucket), row);
    }
    const slot = traceHigh32 >>> 16;
    const searchable = this.#searchEnabled && timestamp !== undefined;

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
    this.#localAddress.push(localEndpoint);
    this.#remoteAddress.push(remoteEndpoint);
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
          this.#postings.addTag(this.#tagValue(value, shape.tagState), bucket, slot, serviceIndex);
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
      { name: 'local_address', type: 'String', data: this.#localAddress.text },
      { name: 'remote_address', type: 'String', data: this.#remoteAddress.text },
      { name: 'tag_keys', type: 'LowCardinality(String)', data: this.#tagKeys },
      { name: 'tag_values', type: 'Array(String)', data: tagValues },
      { name: 'annotation_times', type: 'Array(UInt64)', data: annotationTimes },
      { name: 'annotation_values', type: 'Array(String)', data: annotationValues },
    ]);
  }

  #serviceTerms(): number[] {
    return this.#service.texts().map(text => termHash(TERM_SEED.service, text));
  }

  /** Puts spans without a timestamp where the newest of the batch are. */
  #placeUntimed(bucket: number): void {
    for (let i = 0; i < this.#untimed.length; i += 3) {
      const row = this.#untimed[i]!;
      this.#day.replaceUint32(row, dayOf(bucket));
      this.#bucket.replaceUint32(row, bucket);
      this.#chains.add(this.#places.add(this.#untimed[i + 1]!, this.#untimed[i + 2]!, bucket), row);
    }
  }

  #linkRows(): BatchLinkRows {
    return {
      traceWords: this.#places.traceWords(),
      heads: this.#chains.heads(),
      next: this.#chains.next(),
      ids: this.#id.words(),
      parentIds: this.#parentId.words(),
      timestamps: this.#timestamp.words(),
      flags: Uint8Array.from(this.#flags.view()),
      services: this.#service.dictionary(),
      remotes: this.#remote.dictionary(),
    };
  }

  /** Forgets the batch. */
  reset(): void {
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
    this.#chains.reset();
    this.#names.reset();
    this.#tags = 0;
    this.#annotations = 0;
    this.#rows = 0;
    this.#latest = 0;
    this.#untimed = [];
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
