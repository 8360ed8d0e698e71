/**
 * Growable typed arrays. A trace is read span by span without knowing how many there will be, and an object per span
 * on the heap is what makes other viewers slow: 100,000 spans as objects cost about 80 MB, as columns about 8.
 */

interface NumberArray {
  readonly length: number;
  [index: number]: number;
  set(source: ArrayLike<number>, offset?: number): void;
}

class Growable<A extends NumberArray> {
  /** Positions from `length` on are spare room. */
  data: A;
  length = 0;
  readonly #make: (size: number) => A;

  constructor(make: (size: number) => A, capacity = 1024) {
    this.#make = make;
    this.data = make(capacity);
  }

  push(value: number): void {
    if (this.length === this.data.length) {
      const wider = this.#make(this.data.length * 2);
      wider.set(this.data as unknown as ArrayLike<number>);
      this.data = wider;
    }
    this.data[this.length++] = value;
  }

  at(index: number): number {
    return this.data[index] as number;
  }
}

export class Float64Column extends Growable<Float64Array> {
  constructor(capacity?: number) {
    super(size => new Float64Array(size), capacity);
  }
}

export class Int32Column extends Growable<Int32Array> {
  constructor(capacity?: number) {
    super(size => new Int32Array(size), capacity);
  }
}

export class Uint32Column extends Growable<Uint32Array> {
  constructor(capacity?: number) {
    super(size => new Uint32Array(size), capacity);
  }
}

export class Uint8Column extends Growable<Uint8Array> {
  constructor(capacity?: number) {
    super(size => new Uint8Array(size), capacity);
  }
}
