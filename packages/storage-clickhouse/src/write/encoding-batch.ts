import type { Span } from '@tracekin/model';
import { decodeBlocks } from '../native/decode-blocks.ts';
import { spansFromBlocks } from '../read/span-rows.ts';
import type { BatchEncoder, EncodedBatch } from './batch-encoder.ts';

/** Larger batches are written in pieces, each idempotent by itself: the engine's memory is limited. */
export const MAX_BLOCK_SPANS = 131_072;

/** A part of a batch, from its span `start`. */
export interface BatchPiece {
  readonly start: number;
  readonly encoded: EncodedBatch;
}

/** Lends encoders, which hold megabytes each. */
export interface EncoderPool {
  take(): BatchEncoder;
  /** The encoder holds no batch. */
  giveBack(encoder: BatchEncoder): void;
}

/** A batch whose spans become columns as they are added. Where a piece ends follows from the spans alone. */
export class EncodingBatch {
  readonly #pool: EncoderPool;
  #pieces: BatchPiece[] = [];
  #encoder: BatchEncoder | undefined;
  #spans = 0;

  constructor(pool: EncoderPool) {
    this.#pool = pool;
  }

  add(spans: readonly Span[]): void {
    for (const span of spans) {
      this.#encoder ??= this.#pool.take();
      this.#encoder.add(span);
      this.#spans++;
      if (this.#encoder.rows === MAX_BLOCK_SPANS) this.#endPiece();
    }
  }

  /** The encoded batch, to which nothing can be added any more. The same at every call. */
  pieces(): readonly BatchPiece[] {
    this.#endPiece();
    return this.#pieces;
  }

  /** What was added, read back from its columns. */
  spans(): Span[] {
    return this.pieces().flatMap(({ encoded }) => decodeSpans(encoded));
  }

  close(): void {
    this.#encoder?.reset();
    this.#giveBack();
    this.#pieces = [];
  }

  #endPiece(): void {
    if (this.#encoder === undefined) return;
    this.#pieces.push({ start: this.#spans - this.#encoder.rows, encoded: this.#encoder.finish(Date.now()) });
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#encoder !== undefined) this.#pool.giveBack(this.#encoder);
    this.#encoder = undefined;
  }
}

export function decodeSpans({ spans }: EncodedBatch): Span[] {
  return spansFromBlocks(decodeBlocks(spans));
}
