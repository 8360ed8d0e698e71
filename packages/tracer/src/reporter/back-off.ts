const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * The pause after a failed attempt (1 is the first), milliseconds: doubling from 250 ms to 10 s, of which a random half is
 * taken off so that processes that lost the same collector do not return together.
 */
export function backOffMs(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
  return full * (1 - random() / 2);
}
