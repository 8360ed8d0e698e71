import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CATALOGS, type Section } from './catalogs.ts';
import { LOCALES, type Locale } from './locales.ts';

const SECTIONS: readonly Section[] = ['app', 'search', 'analysis', 'map', 'start', 'trace'];

async function load(locale: Locale, section: Section): Promise<object> {
  return Object.values(await CATALOGS[locale][section]())[0] as object;
}

const src = fileURLToPath(new URL('..', import.meta.url));

/** `palette.title` → text or function. */
function flatten(catalog: object, path = ''): [string, unknown][] {
  return Object.entries(catalog).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null ? flatten(value, `${path}${key}.`) : [[path + key, value]],
  );
}

describe('catalogs', () => {
  for (const section of SECTIONS) {
    it(`say the same things in every language: ${section}`, async () => {
      const english = flatten(await load('en', section));
      for (const locale of LOCALES) {
        const texts = new Map(flatten(await load(locale, section)));
        assert.deepEqual([...texts.keys()].sort(), english.map(([key]) => key).sort(), locale);
        for (const [key, value] of english) {
          const text = texts.get(key);
          assert.equal(typeof text, typeof value, `${locale} ${key}`);
          assert.notEqual(typeof text === 'string' ? text.trim() : 'function', '', `${locale} ${key} is empty`);
        }
      }
    });
  }

  it('hold nothing that no screen shows', async () => {
    const files = globSync('**/*.{ts,tsx}', { cwd: src, exclude: ['i18n/**', '**/*.test.ts'] });
    const code = files.map(file => readFileSync(`${src}/${file}`, 'utf8')).join('\n');
    const unused: string[] = [];
    for (const section of SECTIONS) {
      if (section === 'trace') continue;
      const catalog = await load('en', section);
      for (const key of Object.keys(catalog))
        if (!new RegExp(`\\b${key}\\b`).test(code)) unused.push(`${section}.${key}`);
    }
    assert.deepEqual(unused, []);
  });
});
