import type { Locale } from '../i18n/locales.ts';

export type NumberStyle = 'decimal' | 'percent';

const formats = new Map<string, Intl.NumberFormat>();

/** Writes a number in a language, with two decimals at most, or a part of 1 as a percentage with one. */
export function formatNumber(locale: Locale, value: number, style: NumberStyle = 'decimal'): string {
  const key = `${locale} ${style}`;
  let format = formats.get(key);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, { style, maximumFractionDigits: style === 'percent' ? 1 : 2 });
    formats.set(key, format);
  }
  return format.format(value);
}
