/** Anything with an age that only ever gets younger. */
export interface Aging {
  /** Larger is younger. */
  readonly latest: number;
}

/**
 * A queue that gives the oldest item first: a binary heap. Items may get younger while they wait; they are put back when
 * their old turn comes, which is cheaper than moving them each time.
 */
export class OldestFirst<T extends Aging> {
  readonly #items: T[] = [];
  /** Age of each item when it was placed. */
  readonly #ages: number[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** Drops all items that do not pass. Takes time by the number of all items. */
  keep(passes: (item: T) => boolean): void {
    const kept = this.#items.filter(passes);
    this.#items.length = 0;
    this.#ages.length = 0;
    for (const item of kept) this.push(item);
  }

  push(item: T): void {
    this.#items.push(item);
    this.#ages.push(item.latest);
    this.#raise(this.#items.length - 1, item, item.latest);
  }

  /** Removes and returns the oldest item; undefined when empty. */
  pop(): T | undefined {
    for (;;) {
      const oldest = this.#items[0];
      if (oldest === undefined) return undefined;
      if (oldest.latest > this.#ages[0]!) {
        this.#sink(oldest, oldest.latest);
        continue;
      }
      const last = this.#items.pop()!;
      const age = this.#ages.pop()!;
      if (this.#items.length > 0) this.#sink(last, age);
      return oldest;
    }
  }

  #raise(index: number, item: T, age: number): void {
    let hole = index;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (this.#ages[parent]! <= age) break;
      this.#place(hole, this.#items[parent]!, this.#ages[parent]!);
      hole = parent;
    }
    this.#place(hole, item, age);
  }

  /** Puts an item in the place of the first one and lets it sink to where it belongs. */
  #sink(item: T, age: number): void {
    const { length } = this.#items;
    let hole = 0;
    for (let child = 1; child < length; child = 2 * hole + 1) {
      if (child + 1 < length && this.#ages[child + 1]! < this.#ages[child]!) child++;
      if (this.#ages[child]! >= age) break;
      this.#place(hole, this.#items[child]!, this.#ages[child]!);
      hole = child;
    }
    this.#place(hole, item, age);
  }

  #place(index: number, item: T, age: number): void {
    this.#items[index] = item;
    this.#ages[index] = age;
  }
}
