import { useTimeFormat } from '../../format/use-time-format.ts';
import { useText } from '../../i18n/use-text.ts';
import { isMoving, type LookbackName, lookbackName, type TimeRange } from './time-range.ts';

export interface RangeName {
  /** Set when the range is one of the presets until now. */
  readonly preset: LookbackName | undefined;
  /** `Last 15 min`, `15 min until 12:04`, `20 Nov 10:00 – 21 Nov 10:00` */
  readonly name: string;
  /** `15 min` for a length in milliseconds. */
  readonly lookbackText: (milliseconds: number) => string;
}

/** Says a time range in the reader's language. */
export function useRangeName(range: TimeRange): RangeName {
  const text = useText('search');
  const time = useTimeFormat();
  const moment = (ms: number): string => `${time.day(ms)}, ${time.clock(ms)}`;
  const lookbackText = (milliseconds: number): string => {
    const minutes = milliseconds / 60_000;
    if (minutes >= 1440 && minutes % 1440 === 0) return `${minutes / 1440} ${text.units.day}`;
    if (minutes >= 60 && minutes % 60 === 0) return `${minutes / 60} ${text.units.hour}`;
    return minutes >= 1 ? `${Math.round(minutes * 10) / 10} ${text.units.minute}` : `${milliseconds / 1000} s`;
  };
  if (range.kind === 'range')
    return { preset: undefined, name: text.between(moment(range.startTs), moment(range.endTs)), lookbackText };
  const length = lookbackText(range.lookback);
  if (isMoving(range)) return { preset: lookbackName(range.lookback), name: text.last(length), lookbackText };
  return { preset: undefined, name: text.until(length, moment(range.endTs!)), lookbackText };
}
