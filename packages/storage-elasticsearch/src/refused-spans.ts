import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TracekinError } from '@tracekin/model';
import { sourceOf } from './bulk-document.ts';
import type { Refusal } from './bulk-writer.ts';
import type { Log } from './options.ts';

const fileName = 'refused-spans.ndjson';

/** Keeps the documents of spans that the cluster will never take in a file, so that they hold up nothing and are not gone. */
export class RefusedSpans {
  readonly #file: string;
  readonly #log: Log;
  #count = 0;

  constructor(stateDir: string, log: Log) {
    this.#file = join(stateDir, fileName);
    this.#log = log;
  }

  /** Spans set aside by this process. */
  get count(): number {
    return this.#count;
  }

  /** Rejects with `unavailable` when the file cannot be written. */
  async setAside(refused: readonly Refusal[]): Promise<void> {
    const [first] = refused;
    if (first === undefined) return;
    await appendFile(this.#file, refused.map(({ document }) => `${sourceOf(document)}\n`).join('')).catch(cause => {
      throw new TracekinError('unavailable', `Cannot write ${this.#file}: ${(cause as Error).message}`, { cause });
    });
    this.#count += refused.length;
    this.#log('error', `Elasticsearch refused ${refused.length} spans for good: ${first.reason}`, {
      file: this.#file,
      status: first.status,
      ids: refused.slice(0, 10).map(({ document }) => document.id),
      refusedSoFar: this.#count,
    });
  }
}
