import { type Span, TracekinError } from '@tracekin/model';
import type { OpenBatch, Storage } from '@tracekin/storage';
import { type BackoffOptions, backOff } from './backoff.ts';

export interface StoreBatchOptions {
  readonly storage: Pick<Storage, 'write' | 'check'>;
  readonly backoff: BackoffOptions;
  /** Ends the attempts: the batch may then be stored or not. */
  readonly signal: AbortSignal;
  /** Storage refused the batch whole; its parts follow, under ids of their own. */
  readonly splitting: () => Promise<void>;
  /** Storage will never take the span at `index` of the batch. */
  readonly setAside: (span: Span, index: number, id: string, error: unknown) => Promise<void>;
  /** An attempt failed and another one follows. */
  readonly retrying: (error: unknown, attempt: number) => void;
}

/** Failures that nothing explains are taken for a refusal after this many attempts, if storage says that it is well. */
const attemptsBeforeDoubt = 8;

/**
 * Writes a batch until it is stored. A batch that storage refuses for ever (`too-large`, `invalid-argument`, or an error of
 * an unknown kind again and again) is halved, and its halves are, down to the spans at fault, which are set aside. The halves' ids
 * follow from the batch's (`.0` and `.1`), so that the same batch splits into the same ids after a restart.
 *
 * Rejects only when the signal aborts.
 */
export async function storeBatch(
  id: string,
  batch: OpenBatch,
  alreadySplit: boolean,
  options: StoreBatchOptions,
): Promise<void> {
  if (!alreadySplit) {
    const refusal = await refusalOf(() => batch.write(id), options);
    if (refusal === undefined) return;
    const [first, second] = batch.spans();
    if (first !== undefined && second === undefined) return options.setAside(first, 0, id, refusal);
    await options.splitting();
  }
  await storeHalves(id, batch.spans(), 0, options);
}

async function storeHalves(
  id: string,
  spans: readonly Span[],
  offset: number,
  options: StoreBatchOptions,
): Promise<void> {
  const middle = Math.ceil(spans.length / 2);
  for (const [part, from, to] of [
    ['0', 0, middle],
    ['1', middle, spans.length],
  ] as const) {
    if (from === to) continue;
    const half = spans.slice(from, to);
    const halfId = `${id}.${part}`;
    const refusal = await refusalOf(() => options.storage.write({ id: halfId, spans: half }), options);
    if (refusal === undefined) continue;
    if (half.length === 1) await options.setAside(half[0]!, offset + from, halfId, refusal);
    else await storeHalves(halfId, half, offset + from, options);
  }
}

/** Writes until it is stored (undefined) or refused for ever. */
async function refusalOf(write: () => Promise<void>, options: StoreBatchOptions): Promise<unknown> {
  const { storage, signal, backoff } = options;
  for (let attempt = 1; ; attempt++) {
    signal.throwIfAborted();
    try {
      await write();
      return undefined;
    } catch (error) {
      if (await isRefusal(error, attempt, storage)) return error;
      options.retrying(error, attempt);
      await backOff(attempt, backoff, signal, error instanceof TracekinError ? error.retryAfterMs : 0);
    }
  }
}

async function isRefusal(error: unknown, attempt: number, storage: Pick<Storage, 'check'>): Promise<boolean> {
  const code = error instanceof TracekinError ? error.code : undefined;
  if (code === 'too-large' || code === 'invalid-argument') return true;
  if (code === 'unavailable' || code === 'timeout' || code === 'overloaded') return false;
  return attempt >= attemptsBeforeDoubt && (await storage.check()).ok;
}
