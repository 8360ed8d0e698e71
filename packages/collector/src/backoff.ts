import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  /** Milliseconds before the second attempt; each further one waits twice as long. */
  readonly firstMs: number;
  readonly maxMs: number;
}

/**
 * Waits before attempt `attempt` + 1 (the first failed attempt is 1): between half and all of the doubled time, so that
 * several servers do not come back to a storage that is starting at the same moment. `atLeastMs` is what the failure itself
 * asked for. Rejects when `signal` aborts.
 */
export async function backOff(
  attempt: number,
  { firstMs, maxMs }: BackoffOptions,
  signal: AbortSignal,
  atLeastMs = 0,
): Promise<void> {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30));
  await sleep(Math.max(atLeastMs, ceiling / 2 + (Math.random() * ceiling) / 2), undefined, { signal });
}
