import { useSettings } from '../settings/use-settings.ts';
import { type TimeFormat, timeFormat } from './time.ts';

/** Formats times in the reader's language and zone. */
export function useTimeFormat(): TimeFormat {
  const { locale, timeZone } = useSettings();
  return timeFormat(locale, timeZone);
}
