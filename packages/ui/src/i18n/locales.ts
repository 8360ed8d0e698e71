/** The languages the UI speaks. Zipkin's Lens calls the last one `zh_cn`. */
export const LOCALES = ['en', 'es', 'fr', 'zh-Hans'] as const;

export type Locale = (typeof LOCALES)[number];

/** What each language calls itself. */
export const LOCALE_NAMES: Readonly<Record<Locale, string>> = {
  en: 'English',
  es: 'Español',
  fr: 'Français',
  'zh-Hans': '简体中文',
};

/** The best of our languages for a wish such as `fr-CA`, `zh_cn` or `zh-CN`; undefined when none fits. */
export function matchLocale(wish: string): Locale | undefined {
  const tag = wish.replace('_', '-').toLowerCase();
  if (tag === 'zh' || tag.startsWith('zh-')) return 'zh-Hans';
  return LOCALES.find(locale => tag === locale.toLowerCase() || tag.startsWith(`${locale.toLowerCase()}-`));
}
