import type { SpanData } from '../span-data.ts';

/** Where finished spans go. No method may throw or do slow work. */
export interface Reporter {
  /** Takes a finished span; it is not changed afterwards. */
  report(span: SpanData): void;
  /** Resolves when everything reported so far was sent or given up. Never rejects. */
  flush(): Promise<void>;
  /** Flushes, at most for a second or what the reporter was configured with, and stops. Later spans are dropped. Never rejects. */
  close(): Promise<void>;
}

/** Drops everything. */
export const noopReporter: Reporter = {
  report() {},
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};
