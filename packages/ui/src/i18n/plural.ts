import type { Locale } from './locales.ts';

const rules = new Map<Locale, Intl.PluralRules>();

/** `1 span`, `1,234 spans`: the number in the language's own digits, then the form that its plural rule asks for. */
export function plural(locale: Locale, count: number, one: string, other: string): string {
  let rule = rules.get(locale);
  if (rule === undefined) {
    rule = new Intl.PluralRules(locale);
    rules.set(locale, rule);
  }
  return `${count.toLocaleString(locale)} ${rule.select(count) === 'one' ? one : other}`;
}
