import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, noBrowser, openPage } from './browser.ts';
import { openTracekin } from './targets.ts';

describe('the first run', { skip: noBrowser }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser?.close());

  it('shows how to send spans while there are none, sends a sample and switches to the list by itself', async () => {
    await using target = await openTracekin();
    await using tab = await openPage(browser, target.url);
    const { page } = tab;
    await page.getByRole('heading', { name: 'Send your first span' }).waitFor();
    const origin = new URL(target.url).origin;
    assert.ok((await page.getByRole('tabpanel').innerText()).includes(`${origin}/api/v2/spans`));
    await page.getByRole('tab', { name: 'curl' }).focus();
    await page.keyboard.press('ArrowRight');
    assert.ok(
      (await page.getByRole('tabpanel', { name: 'OpenTelemetry' }).innerText()).includes(`${origin}/v1/traces`),
    );
    await page.getByRole('button', { name: 'Send a sample trace' }).press('Enter');
    await page.locator('tr[data-index]').filter({ hasText: 'sample-web' }).waitFor();
    tab.assertQuiet();
  });

  it('leaves its own page when the first span comes from elsewhere', async () => {
    await using target = await openTracekin();
    await using tab = await openPage(browser, `${target.url}start`);
    await tab.page.getByText('Waiting for the first span').waitFor();
    const timestamp = (Date.now() - 1000) * 1000;
    await target.send([
      [
        {
          traceId: '00000000000000aa',
          id: '00000000000000aa',
          name: 'hello',
          timestamp,
          duration: 1000,
          localEndpoint: { serviceName: 'elsewhere' },
        },
      ],
    ]);
    await tab.page.locator('tr[data-index]').filter({ hasText: 'elsewhere' }).waitFor();
    tab.assertQuiet();
  });

  it('does not send anybody away who came to read it', async () => {
    await using target = await openTracekin();
    await target.send([
      [
        {
          traceId: '00000000000000aa',
          id: '00000000000000aa',
          timestamp: Date.now() * 1000,
          localEndpoint: { serviceName: 'a' },
        },
      ],
    ]);
    await using tab = await openPage(browser, `${target.url}start`);
    await tab.page.getByText('Spans are arriving.').waitFor();
    await tab.page.waitForTimeout(2500);
    assert.ok(tab.page.url().endsWith('/start'));
  });
});
