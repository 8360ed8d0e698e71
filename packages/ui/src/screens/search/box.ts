import type { TraceSummary } from '@tracekin/model';

/** A part of the time × duration plot. Microseconds, all bounds inclusive; 0 and Infinity are open. */
export interface Box {
  readonly fromTime: number;
  readonly toTime: number;
  readonly fromDuration: number;
  readonly toDuration: number;
}

/** `box=start-end,shortest-longest`; undefined when it is none. */
export function readBox(text: string | undefined): Box | undefined {
  const match = /^(\d{1,17})-(\d{1,17}),(\d{1,16})-(\d{0,16})$/.exec(text ?? '');
  if (match === null) return undefined;
  const [fromTime, toTime, fromDuration] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return { fromTime, toTime, fromDuration, toDuration: match[4] === '' ? Number.POSITIVE_INFINITY : Number(match[4]) };
}

export function formatBox({ fromTime, toTime, fromDuration, toDuration }: Box): string {
  const longest = Number.isFinite(toDuration) ? Math.ceil(toDuration) : '';
  return `${Math.floor(fromTime)}-${Math.ceil(toTime)},${Math.floor(fromDuration)}-${longest}`;
}

export function isInBox({ timestamp = 0, duration = 0 }: TraceSummary, box: Box): boolean {
  return (
    timestamp >= box.fromTime && timestamp <= box.toTime && duration >= box.fromDuration && duration <= box.toDuration
  );
}
