/** Distinct pairs of small numbers and how often each was seen; open addressing over typed arrays, because it is asked several times a span. */
export class EntryPairs {
  #mask = (1 << 12) - 1;
  /** Pair + 1 by hash, 0 when free. */
  #table = new Uint32Array(1 << 12);
  /** first, second of each pair. */
  #pairs = new Uint32Array(1 << 12);
  #times = new Uint32Array(1 << 11);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  reset(): void {
    if (this.#count === 0) return;
    this.#table.fill(0);
    this.#count = 0;
  }

  add(first: number, second: number, times: number): void {
    const pairs = this.#pairs;
    let at = this.#start(first, second);
    for (;;) {
      const found = this.#table[at]!;
      if (found === 0) break;
      if (pairs[found * 2 - 2] === first && pairs[found * 2 - 1] === second) {
        this.#times[found - 1]! += times;
        return;
      }
      at = (at + 1) & this.#mask;
    }
    if (this.#count * 2 >= this.#table.length) {
      this.#grow();
      this.add(first, second, times);
      return;
    }
    pairs[this.#count * 2] = first;
    pairs[this.#count * 2 + 1] = second;
    this.#times[this.#count] = times;
    this.#table[at] = ++this.#count;
  }

  firstOf(pair: number): number {
    return this.#pairs[pair * 2]!;
  }

  secondOf(pair: number): number {
    return this.#pairs[pair * 2 + 1]!;
  }

  timesOf(pair: number): number {
    return this.#times[pair]!;
  }

  #start(first: number, second: number): number {
    const mixed = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  #grow(): void {
    const pairs = new Uint32Array(this.#pairs.length * 2);
    pairs.set(this.#pairs);
    this.#pairs = pairs;
    const times = new Uint32Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    this.#table = new Uint32Array(this.#table.length * 2);
    this.#mask = this.#table.length - 1;
    for (let pair = 0; pair < this.#count; pair++) {
      let at = this.#start(this.firstOf(pair), this.secondOf(pair));
      while (this.#table[at] !== 0) at = (at + 1) & this.#mask;
      this.#table[at] = pair + 1;
    }
  }
}
