/** Bytes of a block. */
export const blockBytes: number = 1 << 20;

/**
 * Blocks of memory that are used again. V8 counts each new buffer as memory of its own and looks for garbage for nothing else; and new
 * memory has to be cleared by the system.
 */
export class BlockPool {
  readonly #bytes: number;
  readonly #most: number;
  readonly #free: Buffer[] = [];

  /** Keeps at most `most` free blocks of `bytes`. */
  constructor(bytes: number, most: number) {
    this.#bytes = bytes;
    this.#most = most;
  }

  /** At least `bytes`, with anything in it. */
  take(bytes: number): Buffer {
    if (bytes > this.#bytes) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** Nobody may look at the block from here on. */
  giveBack(block: Buffer): void {
    if (block.length === this.#bytes && this.#free.length < this.#most) this.#free.push(block);
  }
}
