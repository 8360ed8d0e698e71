import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertAccessible, assertAccessibleInThemes, launchBrowser, noBrowser, openPage } from './browser.ts';
import { shopTraces } from './shop-data.ts';
import { openTracekin, type Target } from './targets.ts';

const traces = shopTraces({ traces: 300, endTs: Date.now() - 1000, spreadMs: 300_000 });
const rows = (page: Page): Promise<void> => page.locator('tr[data-index]').first().waitFor();

/** Every screen in every state; the trace and compare screens have their own test. */
const STATES: readonly (readonly [name: string, path: string, reach: (page: Page) => Promise<unknown>])[] = [
  ['results', '?limit=10', rows],
  [
    'results with filters, marks and an open row',
    '?limit=10&serviceName=gateway&annotationQuery=error',
    async page => {
      await rows(page);
      await page.locator('tr[data-index] button').first().click();
      await page.locator('tr[data-index] input').first().check();
    },
  ],
  ['the heatmap', '?view=heatmap&of=all', page => page.getByText('every span counted').waitFor()],
  [
    'what differs in the errors',
    '?view=heatmap&of=all&diff=errors',
    page => page.getByText('failed spans against the others').waitFor(),
  ],
  [
    'the heatmap as a table',
    '?view=heatmap&of=all',
    async page => {
      await page.getByText('As a table').click();
      await page.getByRole('region', { name: 'Spans by time' }).waitFor();
    },
  ],
  [
    'choosing columns',
    '?limit=10&cols=http.status_code',
    async page => {
      await rows(page);
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByLabel('Tags as columns').waitFor();
    },
  ],
  ['the services', 'services', page => page.getByRole('row', { name: /^payment/ }).waitFor()],
  [
    'a service',
    'services/payment',
    async page => {
      await page.getByText('As a table').click();
      await page.getByRole('region', { name: 'Called by' }).getByRole('link').first().waitFor();
    },
  ],
  [
    'a service without requests',
    'services/nobody',
    page => page.getByRole('button', { name: 'Last 24 hours' }).waitFor(),
  ],
  [
    'suggestions',
    '',
    async page => {
      await rows(page);
      await page.getByRole('combobox', { name: 'Add a filter' }).fill('ch');
      await page.getByRole('option').first().waitFor();
      await page.keyboard.press('ArrowDown');
    },
  ],
  [
    'a filter that is wrong',
    '',
    async page => {
      await page.getByRole('combobox', { name: 'Add a filter' }).fill('duration>x');
      await page.keyboard.press('Enter');
      await page.getByText('a duration is a number').waitFor();
    },
  ],
  [
    'a custom range and the plot by numbers',
    '',
    async page => {
      await rows(page);
      await page.getByRole('combobox', { name: 'Time range' }).selectOption('custom');
      await page.getByRole('button', { name: 'Select by numbers' }).click();
    },
  ],
  ['nothing found', '?serviceName=nobody', page => page.getByRole('button', { name: 'Clear filters' }).waitFor()],
  ['an error', '?limit=999999999', page => page.getByRole('alert').getByRole('button').waitFor()],
  [
    'the settings',
    '',
    async page => {
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('dialog').waitFor();
    },
  ],
  [
    'the palette',
    '',
    async page => {
      await rows(page);
      await page.keyboard.press('Control+k');
      await page.getByRole('option').first().waitFor();
    },
  ],
  ['embedded results', '?embed=1', rows],
  [
    'the map with a service',
    'dependency',
    async page => {
      await page.getByRole('button', { name: /^checkout: uses/ }).press('Enter');
      await page.getByRole('complementary').waitFor();
    },
  ],
  ['the matrix', 'dependency?layout=matrix', page => page.getByRole('img', { name: /matrix/ }).waitFor()],
  ['the table of links', 'dependency?layout=table', page => page.getByRole('row').nth(3).waitFor()],
  [
    'an empty map',
    'dependency?startTime=1&endTime=2',
    page => page.getByRole('button', { name: 'Last 7 days' }).waitFor(),
  ],
  ['the first run', 'start', page => page.getByRole('tab').first().waitFor()],
  ['help', 'help', page => page.getByRole('table').first().waitFor()],
  ['an unknown page', 'nowhere/at/all', page => page.getByRole('heading').first().waitFor()],
];

describe('accessibility', { skip: noBrowser }, () => {
  let browser: Browser;
  let target: Target;
  before(async () => {
    target = await openTracekin();
    await target.send(traces);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await target?.[Symbol.asyncDispose]();
  });

  for (const [name, path, reach] of STATES) {
    it(`finds nothing to object to in ${name}, in any theme`, async () => {
      // axe comes in by a script tag, which the policy of the page would refuse.
      await using tab = await openPage(browser, target.url + path, { bypassCSP: true });
      await reach(tab.page);
      await assertAccessibleInThemes(tab.page, name);
    });
  }

  it('finds nothing to object to on a telephone', async () => {
    for (const path of ['?limit=10', 'dependency', 'dependency?layout=table', 'start', 'help']) {
      await using tab = await openPage(browser, target.url + path, {
        bypassCSP: true,
        viewport: { width: 390, height: 844 },
        hasTouch: true,
      });
      await tab.page.locator('main :is(h1, h2, table, svg)').first().waitFor({ state: 'attached' });
      await tab.page.waitForLoadState('networkidle');
      await assertAccessible(tab.page, path);
    }
  });
});
