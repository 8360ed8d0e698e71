import { useLocale } from '../i18n/use-text.ts';

const formats = new Map<string, Intl.NumberFormat>();

/** Formats whole numbers and, with a second argument of 'percent', parts of 1. */
export function useNumberFormat(): (value: number, style?: 'decimal' | 'percent') => string {
  const locale = useLocale();
  return (value, style = 'decimal') => {
    const key = `${locale} ${style}`;
    let format = formats.get(key);
    if (format === undefined) {
      format = new Intl.NumberFormat(locale, { style, maximumFractionDigits: style === 'percent' ? 1 : 2 });
      formats.set(key, format);
    }
    return format.format(value);
  };
}
