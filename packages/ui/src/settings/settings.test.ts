import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { matchLocale } from '../i18n/locales.ts';
import { isTimeZone, linkedSettings, readSettings } from './settings.ts';

describe('settings', () => {
  it('keeps the valid parts of what was saved and drops the others', () => {
    assert.deepEqual(
      readSettings({
        theme: 'dark',
        density: 'huge',
        locale: 'xx',
        timeZone: 'Mars/Olympus',
        shortcuts: false,
        extra: 1,
      }),
      { theme: 'dark', shortcuts: false },
    );
    for (const broken of [null, undefined, 1, 'x', []]) assert.deepEqual(readSettings(broken), {});
  });

  it('takes theme, language, zone and density from a link', () => {
    const search = new URLSearchParams('theme=contrast&lang=zh_cn&tz=Europe/Paris&density=comfortable');
    assert.deepEqual(linkedSettings(search), {
      theme: 'contrast',
      locale: 'zh-Hans',
      timeZone: 'Europe/Paris',
      density: 'comfortable',
    });
    assert.deepEqual(linkedSettings(new URLSearchParams('theme=pink&lang=tlh&tz=')), {});
  });

  it('finds our language for what browsers and Lens call theirs', () => {
    const wishes = {
      'fr-CA': 'fr',
      'es-419': 'es',
      zh_cn: 'zh-Hans',
      'zh-TW': 'zh-Hans',
      EN: 'en',
      de: undefined,
      english: undefined,
    };
    for (const [wish, locale] of Object.entries(wishes)) assert.equal(matchLocale(wish), locale, wish);
  });

  it('knows time zones', () => {
    assert.ok(isTimeZone('local') && isTimeZone('UTC') && isTimeZone('Asia/Kolkata'));
    assert.ok(!isTimeZone('') && !isTimeZone('Nowhere'));
  });
});
