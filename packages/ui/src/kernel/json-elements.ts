/**
 * Finds the objects of a JSON array without parsing them, while the bytes still arrive.
 *
 * Grammar of what is looked for: `[` element (`,` element)* `]`, where the elements of interest are objects. An array of
 * arrays (several traces in one file) yields the objects of each inner array and the number of that array. A body cut in
 * the middle yields every element that is complete, which a parser of whole texts cannot do.
 */
export class JsonElements {
  /** Byte offset of the opening brace of each element, and one past its closing brace. */
  onElement: (from: number, to: number, group: number) => void;
  /** Bytes looked at so far. */
  position = 0;
  /** Number of the inner array, for files with several traces; 0 in a flat array. */
  group = 0;
  /** Something stood between elements that is neither object, array nor white space (e.g. numbers, text). */
  strayFrom = -1;

  #arrays = 0;
  #braces = 0;
  #inString = false;
  #escaped = false;
  #elementFrom = -1;
  #closed = false;

  constructor(onElement: (from: number, to: number, group: number) => void) {
    this.onElement = onElement;
  }

  /** True when the outer array was closed: the body is complete. */
  get complete(): boolean {
    return this.#closed;
  }

  /** Where the element begins that was still open at the last byte; -1 when none was. */
  get openFrom(): number {
    return this.#elementFrom;
  }

  /** Reads on from `position` to `end`. Bytes before `position` may have moved to a larger buffer, not changed. */
  read(bytes: Uint8Array, end: number): void {
    let i = this.position;
    while (i < end) {
      if (this.#inString) {
        if (this.#escaped) {
          this.#escaped = false;
          i++;
          continue;
        }
        while (i < end) {
          const c = bytes[i] as number;
          i++;
          if (c === 0x22) {
            this.#inString = false;
            break;
          }
          if (c === 0x5c) {
            if (i >= end) this.#escaped = true;
            else i++;
          }
        }
        continue;
      }
      const c = bytes[i] as number;
      switch (c) {
        case 0x22: // "
          this.#inString = true;
          if (this.#elementFrom < 0) this.#stray(i);
          break;
        case 0x7b: // {
          if (this.#elementFrom < 0) {
            this.#elementFrom = i;
            this.#braces = 0;
          }
          this.#braces++;
          break;
        case 0x7d: // }
          if (this.#elementFrom >= 0) {
            this.#braces--;
            if (this.#braces === 0) {
              this.onElement(this.#elementFrom, i + 1, this.group);
              this.#elementFrom = -1;
            }
          } else this.#stray(i);
          break;
        case 0x5b: // [
          if (this.#elementFrom < 0) this.#arrays++;
          break;
        case 0x5d: // ]
          if (this.#elementFrom < 0 && this.#arrays > 0) {
            this.#arrays--;
            if (this.#arrays === 0) this.#closed = true;
            else this.group++;
          }
          break;
        case 0x20:
        case 0x09:
        case 0x0a:
        case 0x0d:
        case 0x2c: // space, tab, line ends, comma
          break;
        default:
          if (this.#elementFrom < 0) this.#stray(i);
      }
      i++;
    }
    this.position = end;
  }

  #stray(at: number): void {
    if (this.strayFrom < 0) this.strayFrom = at;
  }
}
