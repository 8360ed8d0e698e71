import { ID_WORDS } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { BatchLinkRows } from '../links/batch-link-rows.ts';
import { encodeBlock } from '../native/block.ts';
import { ByteWriter } from '../native/byte-writer.ts';
import { DictionaryColumn } from '../native/dictionary-column.ts';
import { inTurn } from '../native/in-turn.ts';
import { WordColumn } from '../native/word-column.ts';
import { AddressColumn } from './address-column.ts';
import { BatchNames, type NameRow } from './batch-names.ts';
import { bucketOf, dayOf } from './bucket.ts';
import { Postings } from './postings.ts';
import { RowChains } from './row-chains.ts';
import { DEBUG, ERROR, kindBits, LONG_TRACE_ID, SHARED } from './span-flags.ts';
import { readIds } from './span-ids.ts';
import { TagColumns } from './tag-columns.ts';
import { TERM_SEED, termHash } from './token-hash.ts';
import { TracePlaces } from './trace-places.ts';

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
  readonly #tags: TagColumns;
  readonly #annotationEnds = new WordColumn();
  readonly #annotationTimes = new WordColumn();
  readonly #annotationValues = new ByteWriter();
  /** Of the span at hand. */
  readonly #ids = new Uint32Array(ID_WORDS);
  #annotations = 0;
  #rows = 0;
  /** Microseconds; 0 while no span has a timestamp. */
  #latest = 0;
  /** Row, high and low half of the trace's low id, of spans without a timestamp: they are placed when all others are. */
  #untimed: number[] = [];

  constructor(options: BatchEncoderOptions) {
    this.#searchEnabled = options.searchEnabled;
    this.#tags = new TagColumns(this.#postings, this.#names, options);
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
    const { timestamp, localEndpoint, remoteEndpoint, annotations } = span;
    const ids = this.#ids;
    const long = readIds(span, ids);
    const traceHigh32 = ids[2]!;
    const traceLow32 = ids[3]!;
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
    this.#traceHigh.uint64(ids[0]!, ids[1]!);
    this.#id.uint64(ids[4]!, ids[5]!);
    this.#parentId.uint64(ids[6]!, ids[7]!);
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
    if (this.#tags.add(span, searchable, bucket, slot, serviceIndex)) flags |= ERROR;
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

  #spansBlock(rows: number): Buffer {
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
      { name: 'tag_keys', type: 'LowCardinality(String)', data: this.#tags.keys },
      { name: 'tag_values', type: 'Array(String)', data: this.#tags.values },
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
      this.#tags,
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
    this.#annotations = 0;
    this.#rows = 0;
    this.#latest = 0;
    this.#untimed = [];
  }
}
