/** Which rows of a batch belong together: one chain of rows for each key, keys being numbers from 0 without gaps. */
export class RowChains {
  #heads = new Int32Array(1024);
  #keys = 0;
  #next = new Int32Array(1024);
  #rows = 0;

  reset(): void {
    this.#keys = 0;
    this.#rows = 0;
  }

  add(key: number, row: number): void {
    if (key >= this.#heads.length) this.#heads = grown(this.#heads, key + 1);
    if (row >= this.#next.length) this.#next = grown(this.#next, row + 1);
    while (this.#keys <= key) this.#heads[this.#keys++] = -1;
    this.#next[row] = this.#heads[key]!;
    this.#heads[key] = row;
    if (row >= this.#rows) this.#rows = row + 1;
  }

  /** The first row of each key, as a copy. */
  heads(): Int32Array {
    return this.#heads.slice(0, this.#keys);
  }

  /** The row that follows each row, -1 behind the last, as a copy. */
  next(): Int32Array {
    return this.#next.slice(0, this.#rows);
  }
}

function grown(array: Int32Array, atLeast: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(atLeast, array.length * 2));
  larger.set(array);
  return larger;
}
