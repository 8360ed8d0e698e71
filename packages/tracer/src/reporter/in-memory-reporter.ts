import type { SpanData } from '../span-data.ts';
import type { Reporter } from './reporter.ts';

/** Keeps finished spans, for tests. */
export class InMemoryReporter implements Reporter {
  /** In the order in which they finished. */
  readonly spans: SpanData[] = [];
  #waiting: { readonly count: number; readonly resolve: (spans: readonly SpanData[]) => void }[] = [];

  report(span: SpanData): void {
    this.spans.push(span);
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.spans.length < count) return true;
      resolve(this.spans);
      return false;
    });
  }

  /** The spans once there are `count` of them; rejects after `timeoutMs` naming those there are. */
  waitFor(count: number, timeoutMs = 2_000): Promise<readonly SpanData[]> {
    if (this.spans.length >= count) return Promise.resolve(this.spans);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        const names = this.spans.map(span => `${span.kind ?? 'LOCAL'} ${span.name}`).join(', ');
        reject(new Error(`${this.spans.length} of ${count} spans after ${timeoutMs} ms: ${names}`));
      }, timeoutMs);
      this.#waiting.push({
        count,
        resolve: spans => {
          clearTimeout(timer);
          resolve(spans);
        },
      });
    });
  }

  /** The spans so far; forgets them. */
  take(): SpanData[] {
    return this.spans.splice(0);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
