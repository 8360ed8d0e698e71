import { useLocale } from '../i18n/use-text.ts';
import { formatNumber, type NumberStyle } from './number-format.ts';

/** Formats whole numbers and, with a second argument of 'percent', parts of 1, in the reader's language. */
export function useNumberFormat(): (value: number, style?: NumberStyle) => string {
  const locale = useLocale();
  return (value, style) => formatNumber(locale, value, style);
}
