import { newBytes, utf8Length, writeUtf8 } from '#platform';
import type { SpanData } from '../span-data.ts';
import type { DropReason } from './metrics.ts';
import { SEPARATOR, type SpanEncoder } from './span-encoder.ts';

/** A message ready to be sent. */
export interface Message {
  readonly bytes: Uint8Array;
  readonly spans: number;
  /** The memory that `bytes` is the start of. */
  readonly memory: Uint8Array<ArrayBuffer>;
}

const FIRST_CAPACITY = 16_384;
/** UTF-8 has at most so many bytes for each UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

/**
 * Finished spans, encoded and laid out as the messages they will be sent in. Bytes and not strings or objects: thousands of
 * those surviving in the young generation would cost more garbage collection than all the rest of tracing.
 */
export class MessageQueue {
  readonly #encoder: SpanEncoder;
  readonly #maxMessageBytes: number;
  readonly #maxSpans: number;

  /** Messages that are full. */
  #full: Message[] = [];
  #bytes: Uint8Array<ArrayBuffer>;
  #end: number;
  #spans = 0;
  #length = 0;
  #spare: Uint8Array<ArrayBuffer> | undefined;

  constructor(encoder: SpanEncoder, maxMessageBytes: number, maxSpans: number) {
    this.#encoder = encoder;
    this.#maxMessageBytes = maxMessageBytes;
    this.#maxSpans = maxSpans;
    this.#bytes = newBytes(Math.min(FIRST_CAPACITY, maxMessageBytes));
    this.#end = encoder.headerBytes;
  }

  /** Spans in all messages. */
  get length(): number {
    return this.#length;
  }

  /** Whether there is a message that nothing more fits into. */
  get hasFullMessage(): boolean {
    return this.#full.length > 0;
  }

  /** Adds a span; returns why not if it cannot. */
  add(span: SpanData): DropReason | undefined {
    if (this.#length >= this.#maxSpans) return 'queue-full';
    let encoded: string | Uint8Array;
    try {
      encoded = this.#encoder.encode(span);
    } catch {
      return 'not-encodable';
    }
    const isText = typeof encoded === 'string';
    let size = (isText ? encoded.length * MAX_BYTES_PER_UNIT : encoded.length) + this.#encoder.separatorBytes;
    if (this.#end + size > this.#bytes.length) {
      if (isText) size = utf8Length(encoded as string) + this.#encoder.separatorBytes;
      if (this.#encoder.headerBytes + size > this.#maxMessageBytes) return 'too-large';
      if (this.#end + size > this.#maxMessageBytes) this.#closeMessage();
      while (this.#end + size > this.#bytes.length) this.#grow();
    }
    if (isText) {
      this.#end = writeUtf8(encoded as string, this.#bytes, this.#end);
    } else {
      this.#bytes.set(encoded as Uint8Array, this.#end);
      this.#end += encoded.length;
    }
    if (this.#encoder.separatorBytes > 0) this.#bytes[this.#end++] = SEPARATOR;
    this.#spans++;
    this.#length++;
    return undefined;
  }

  /** Removes the oldest message, full or not. */
  take(): Message | undefined {
    if (this.#full.length === 0) {
      if (this.#spans === 0) return undefined;
      this.#closeMessage();
    }
    const message = this.#full.shift()!;
    this.#length -= message.spans;
    return message;
  }

  /** Gives the memory of a message that was sent back for another. */
  recycle(message: Message): void {
    this.#spare = message.memory;
  }

  #closeMessage(): void {
    this.#encoder.seal(this.#bytes, this.#end, this.#spans);
    this.#full.push({ bytes: this.#bytes.subarray(0, this.#end), spans: this.#spans, memory: this.#bytes });
    this.#bytes = this.#spare ?? newBytes(Math.min(FIRST_CAPACITY, this.#maxMessageBytes));
    this.#spare = undefined;
    this.#end = this.#encoder.headerBytes;
    this.#spans = 0;
  }

  #grow(): void {
    const larger = newBytes(Math.min(this.#bytes.length * 2, this.#maxMessageBytes));
    larger.set(this.#bytes.subarray(0, this.#end));
    this.#bytes = larger;
  }
}
