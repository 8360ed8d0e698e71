import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TracekinError } from '@tracekin/model';

const fileName = 'pending-links.txt';
const traceId = /^(?:[0-9a-f]{16}){1,2}$/;

/**
 * The ids of traces whose spans are stored but whose links are not written yet, kept in a file so that a crash of this process
 * costs no link: what the file names at the next start is linked again from the stored spans. Appends reach the page cache before
 * `add` returns, which survives `kill -9`.
 */
export class PendingTraces {
  readonly #path: string;
  readonly #pending = new Set<string>();
  #file: number | undefined;
  #lines = 0;
  /** An append failed, perhaps in the middle of a line. */
  #torn = false;

  constructor(stateDir: string) {
    mkdirSync(stateDir, { recursive: true });
    this.#path = join(stateDir, fileName);
  }

  /** What an earlier process left. Call once, before `add`. */
  recover(): string[] {
    let text = '';
    try {
      text = readFileSync(this.#path, 'latin1');
    } catch (error) {
      if ((error as { code?: string }).code !== 'ENOENT') throw error;
    }
    const left = new Set<string>();
    // A line is a trace id that was added, with a minus in front when it was settled. A torn last line has no end.
    for (const line of text.slice(0, text.lastIndexOf('\n') + 1).split('\n')) {
      if (traceId.test(line)) left.add(line);
      else if (line.startsWith('-') && traceId.test(line.slice(1))) left.delete(line.slice(1));
    }
    for (const id of left) this.#pending.add(id);
    this.#rewrite();
    return [...left];
  }

  /** Notes traces before their spans are acknowledged. */
  add(ids: Iterable<string>): void {
    const fresh = [...ids].filter(id => !this.#pending.has(id));
    if (fresh.length === 0) return;
    this.#append(fresh.map(id => `${id}\n`).join(''), fresh.length);
    for (const id of fresh) this.#pending.add(id);
  }

  /** Forgets traces whose links are stored. */
  settle(traceIds: Iterable<string>): void {
    const ids = [...traceIds];
    for (const id of ids) this.#pending.delete(id);
    this.#append(ids.map(id => `-${id}\n`).join(''), ids.length);
    if (this.#lines > 10_000 && this.#lines > 4 * this.#pending.size) this.#rewrite();
  }

  /** Repeatable. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #append(text: string, lines: number): void {
    if (text === '') return;
    try {
      this.#file ??= openSync(this.#path, 'a');
      appendFileSync(this.#file, this.#torn ? `\n${text}` : text, 'latin1');
      this.#torn = false;
    } catch (cause) {
      this.#torn = true;
      throw new TracekinError('unavailable', `Cannot write ${this.#path}: ${(cause as Error).message}`, { cause });
    }
    this.#lines += lines;
  }

  #rewrite(): void {
    this.close();
    writeFileSync(`${this.#path}.new`, [...this.#pending].map(id => `${id}\n`).join(''), 'latin1');
    renameSync(`${this.#path}.new`, this.#path);
    this.#lines = this.#pending.size;
  }
}
