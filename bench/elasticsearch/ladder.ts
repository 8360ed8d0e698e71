import type { Loaded } from './load.ts';

/** One rate of a ladder. */
export interface Step extends Loaded {
  /** Spans a second; undefined: as fast as they were answered. */
  readonly rate: number | undefined;
}

/** What a server does at rising rates. */
export interface Ladder {
  readonly steps: readonly Step[];
  /** The highest rate up to which nothing was missing, spans a second; 0 when something always was. */
  readonly lossless: number;
  /** The most spans a second that were indexed at a rate at which nothing was missing. */
  readonly sustained: number;
}

/** Two rates in a row with losses, or that were stored late: with higher ones it is no better. */
const missedAtMost = 2;

/** Climbs `rates` and then sends without a pause. Rates are left out once a server cannot follow. */
export async function climb(
  rates: readonly number[],
  send: (rate: number | undefined) => Promise<Loaded>,
  note: (step: Step) => void,
): Promise<Ladder> {
  const steps: Step[] = [];
  const step = async (rate: number | undefined): Promise<Step> => {
    const taken = { rate, ...(await send(rate)) };
    steps.push(taken);
    note(taken);
    return taken;
  };
  let missed = 0;
  for (const rate of rates) {
    const { missing, storedPerSecond } = await step(rate);
    missed = missing > 0 || storedPerSecond < 0.7 * rate ? missed + 1 : 0;
    if (missed === missedAtMost) break;
  }
  await step(undefined);
  const firstLoss = steps.findIndex(({ missing }) => missing > 0);
  const lossless = steps.slice(0, firstLoss < 0 ? steps.length : firstLoss);
  return {
    steps,
    lossless: Math.max(0, ...lossless.map(({ rate, storedPerSecond }) => rate ?? storedPerSecond)),
    sustained: Math.max(0, ...steps.filter(({ missing }) => missing === 0).map(taken => taken.storedPerSecond)),
  };
}
