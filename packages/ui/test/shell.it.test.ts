import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { assertFits, launchBrowser, noBrowser, openPage, type TestPage } from './browser.ts';
import { builtUi } from './built-ui.ts';
import { serveDist } from './serve-dist.ts';
import { shopTraces } from './shop-data.ts';
import { openTracekin, type Target } from './targets.ts';

const traceIds = shopTraces({ traces: 40, endTs: Date.now() - 1000, spreadMs: 60_000 });
const [first, second] = traceIds.map(trace => trace[0]!.traceId);

describe('the shell', { skip: noBrowser }, () => {
  let browser: Browser;
  let target: Target;
  before(async () => {
    target = await openTracekin({ ZIPKIN_UI_ENVIRONMENT: 'staging' });
    await target.send(traceIds);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await target?.[Symbol.asyncDispose]();
  });
  const open = (path = '', options = {}): Promise<TestPage> => openPage(browser, target.url + path, options);

  it('opens a trace by its ID from the palette', async () => {
    await using tab = await open('dependency');
    await tab.page.getByRole('button', { name: /^checkout: uses/ }).waitFor();
    await tab.page.keyboard.press('Control+k');
    await tab.page.getByRole('dialog', { name: 'Command palette' }).waitFor();
    await tab.page.keyboard.type(` ${first!.toUpperCase()} `);
    await tab.page.getByRole('option', { name: `Open trace ${first}` }).waitFor();
    await tab.page.keyboard.press('Enter');
    await tab.page.waitForURL(url => url.pathname.endsWith(`/traces/${first}`));
    tab.assertQuiet();
  });

  it('runs commands of the palette and gives the focus back', async () => {
    await using tab = await open();
    await tab.page.getByRole('button', { name: /Trace ID or command/ }).click();
    await tab.page.getByRole('dialog').waitFor();
    await tab.page.keyboard.type('theme dark');
    await tab.page.keyboard.press('Enter');
    await tab.page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
    assert.equal(await tab.page.getByRole('dialog').count(), 0);
    assert.match((await tab.page.evaluate(() => document.activeElement?.textContent)) ?? '', /Trace ID or command/);
  });

  it('moves between screens with g t and g m, but not while text is typed', async () => {
    await using tab = await open();
    const { page } = tab;
    await page.locator('tr[data-index]').first().waitFor();
    await page.getByRole('combobox', { name: 'Add a filter' }).focus();
    await page.keyboard.type('gm');
    assert.ok(!page.url().includes('dependency'));
    await page.getByRole('combobox', { name: 'Add a filter' }).fill('');
    await page.getByRole('combobox', { name: 'Add a filter' }).blur();
    await page.keyboard.type('gm');
    await page.waitForURL(/dependency/);
    await page.keyboard.type('gt');
    await page.waitForURL(url => url.pathname.endsWith('/zipkin/'));
    await page.keyboard.press('?');
    await page.waitForURL(/help/);
  });

  it('has themes, density, language and zone that hold at once and after a reload', async () => {
    await using tab = await open();
    const { page } = tab;
    await page.getByRole('button', { name: 'Settings' }).click();
    const settings = page.getByRole('dialog', { name: 'Settings' });
    await settings.getByLabel('Theme').selectOption('dark');
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
    await settings.getByLabel('Density').selectOption('comfortable');
    await settings.getByLabel('Time zone').selectOption('Asia/Tokyo');
    await settings.getByLabel('Language').selectOption('fr');
    await page.getByRole('button', { name: 'Rechercher', exact: true }).waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Rechercher', exact: true }).waitFor();
    assert.equal(await page.locator('html').getAttribute('data-density'), 'comfortable');
    assert.equal(await page.locator('html').getAttribute('lang'), 'fr');
    await page.getByText('Asia/Tokyo', { exact: true }).first().waitFor();
    tab.assertQuiet();
  });

  it('lets a link choose without changing what the reader saved', async () => {
    await using tab = await open('?theme=dark&lang=es&tz=UTC');
    const { page } = tab;
    await page.getByRole('button', { name: 'Buscar', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Mapa' }).click();
    await page.waitForURL(url => url.pathname.endsWith('/dependency') && url.searchParams.get('lang') === 'es');
    assert.equal(await page.evaluate(() => localStorage.getItem('tracekin.settings')), null);
    await page.goto(target.url);
    await page.getByRole('button', { name: 'Run query' }).waitFor();
    assert.equal(await page.locator('html').getAttribute('data-theme'), null);
  });

  it("takes over the theme that was chosen in Zipkin's Lens", async () => {
    await using tab = await open();
    await tab.page.evaluate(() => localStorage.setItem('zipkinThemeOverride', 'dark'));
    await tab.page.reload();
    await tab.page.locator('html[data-theme=dark]').waitFor({ state: 'attached' });
  });

  it('shows every language completely', async () => {
    for (const lang of ['en', 'es', 'fr', 'zh-Hans']) {
      await using tab = await open(`?lang=${lang}`);
      await tab.page.locator('tr[data-index]').first().waitFor();
      assert.equal(await tab.page.locator('html').getAttribute('lang'), lang);
      assert.ok(!(await tab.page.locator('body').innerText()).includes('undefined'), lang);
      tab.assertQuiet();
    }
  });

  it('has no chrome when embedded, and stays embedded', async () => {
    await using tab = await open('?embed=1');
    const { page } = tab;
    await page.locator('tr[data-index]').first().waitFor();
    assert.equal(await page.getByRole('banner').count(), 0);
    await page.locator('a[data-trace]').first().click();
    await page.waitForURL(url => url.pathname.includes('/traces/') && url.searchParams.get('embed') === '1');
    assert.equal(await page.getByRole('banner').count(), 0);
  });

  it('prints results without the controls', async () => {
    await using tab = await open();
    await tab.page.locator('tr[data-index]').first().waitFor();
    await tab.page.emulateMedia({ media: 'print' });
    assert.equal(await tab.page.getByRole('banner').isVisible(), false);
    assert.equal(await tab.page.getByRole('search').isVisible(), false);
    assert.equal(await tab.page.locator('tr[data-index]').first().isVisible(), true);
  });

  it('says that the browser is offline and keeps what is there', async () => {
    await using tab = await open();
    await tab.page.locator('tr[data-index]').first().waitFor();
    await tab.page.context().setOffline(true);
    await tab.page.getByText('You are offline.').waitFor();
    assert.ok((await tab.page.locator('tr[data-index]').count()) > 0);
  });

  it('explains an address that leads nowhere', async () => {
    await using tab = await open('no/such/page');
    await tab.page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  });

  it('says that searching is switched off, and still opens a trace by its ID', async () => {
    await using mute = await openTracekin({ SEARCH_ENABLED: 'false' });
    await mute.send(traceIds.slice(0, 1));
    await using tab = await openPage(browser, mute.url);
    await tab.page.getByRole('heading', { name: 'Searching is switched off' }).waitFor();
    await tab.page.keyboard.press('Control+k');
    await tab.page.getByRole('dialog').waitFor();
    await tab.page.keyboard.type(first!);
    await tab.page.keyboard.press('Enter');
    await tab.page.waitForURL(url => url.pathname.endsWith(`/traces/${first}`));
    tab.assertQuiet();
  });

  it('works below any path, as behind a proxy that sets the base', async () => {
    await using served = await serveDist({
      dist: builtUi(),
      backend: new URL(target.url).origin,
      base: '/tools/tracing/',
    });
    await using tab = await openPage(browser, `${served.url}?limit=5`);
    await tab.page.locator('tr[data-index]').nth(4).waitFor();
    await tab.page.getByRole('link', { name: 'Map' }).click();
    await tab.page.waitForURL(url => url.pathname === '/tools/tracing/dependency');
    await tab.page.getByRole('button', { name: /^gateway: uses/ }).waitFor();
    tab.assertQuiet();
  });

  for (const path of [
    '',
    `traces/${first}`,
    `compare/${first}...${second}`,
    'dependency',
    'dependency?layout=table',
    'start',
    'help',
    'traceViewer',
  ]) {
    it(`fits windows of 390 to 1440 pixels, light and dark: /${path.replaceAll(/[0-9a-f]{16,}/g, 'id')}`, async () => {
      await using tab = await open(path, { viewport: { width: 390, height: 900 } });
      await tab.page.locator('main :is(h1, h2, table, svg, canvas)').first().waitFor({ state: 'attached' });
      await tab.page.waitForLoadState('networkidle');
      await assertFits(tab.page, path);
      tab.assertQuiet();
    });
  }
});
