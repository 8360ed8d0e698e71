import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchBrowser, noBrowser, openPage, type TestPage } from './browser.ts';
import { shopTraces } from './shop-data.ts';
import { TARGETS, type Target } from './targets.ts';

for (const kind of TARGETS) {
  describe(`the service map in front of ${kind.name}`, { skip: noBrowser || kind.skip }, () => {
    let browser: Browser;
    let target: Target;
    before(async () => {
      target = await kind.open();
      await target.send(shopTraces({ traces: 200, endTs: Date.now() - 2000, spreadMs: 300_000 }));
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await target?.[Symbol.asyncDispose]();
    });
    const open = (path = ''): Promise<TestPage> => openPage(browser, `${target.url}dependency${path}`);

    it('draws every service, callers left of what they call', async () => {
      await using tab = await open();
      const gateway = tab.page.getByRole('button', { name: /^gateway: uses/ });
      const checkout = tab.page.getByRole('button', { name: /^checkout: uses/ });
      await gateway.waitFor();
      assert.ok((await gateway.boundingBox())!.x < (await checkout.boundingBox())!.x);
      assert.ok((await tab.page.getByRole('button', { name: /: uses \d+, used by \d+/ }).count()) >= 15);
      tab.assertQuiet();
    });

    it('shows what a service uses, and its traces, by keyboard alone', async () => {
      await using tab = await open();
      const { page } = tab;
      const checkout = page.getByRole('button', { name: /^checkout: uses/ });
      await checkout.waitFor();
      await checkout.focus();
      await page.keyboard.press('Enter');
      const panel = page.getByRole('complementary', { name: 'checkout' });
      await panel.getByRole('button', { name: 'inventory' }).waitFor();
      await panel.getByRole('link', { name: 'Traces of checkout calling inventory' }).focus();
      await page.keyboard.press('Enter');
      await page.waitForURL(
        url =>
          url.searchParams.get('serviceName') === 'checkout' &&
          url.searchParams.get('remoteServiceName') === 'inventory',
      );
      await page.locator('tr[data-index]').first().waitFor();
      tab.assertQuiet();
    });

    it('goes from an edge to the traces between its two services', async () => {
      await using tab = await open('?focus=payment&hops=1');
      const { page } = tab;
      const edge = page
        .locator('g')
        .filter({ has: page.locator('title', { hasText: /^payment calls bank/ }) })
        .last();
      await edge.locator('path').first().dispatchEvent('click');
      await page.waitForURL(
        url =>
          url.searchParams.get('serviceName') === 'payment' && url.searchParams.get('remoteServiceName') === 'bank',
      );
    });

    it('narrows to the neighbourhood of a service', async () => {
      await using tab = await open();
      const { page } = tab;
      await page.getByRole('button', { name: /^gateway: uses/ }).waitFor();
      await page.getByRole('combobox', { name: 'Focus' }).selectOption('payment');
      await page.waitForURL(url => url.searchParams.get('focus') === 'payment');
      await page.getByRole('button', { name: /^gateway: uses/ }).waitFor();
      assert.equal(await page.getByRole('button', { name: /^reviews: uses/ }).count(), 0);
      await page.getByRole('combobox', { name: 'Hops' }).selectOption('1');
      await page.getByRole('button', { name: /^gateway: uses/ }).waitFor({ state: 'detached' });
    });

    it('zooms, moves and fits by keys and buttons', async () => {
      await using tab = await open();
      const { page } = tab;
      const gateway = page.getByRole('button', { name: /^gateway: uses/ });
      await gateway.waitFor();
      const width = async (): Promise<number> => (await gateway.boundingBox())!.width;
      const fitted = await width();
      await page.getByRole('button', { name: 'Zoom in' }).click();
      assert.ok((await width()) > fitted * 1.1);
      await page.getByRole('group', { name: /Services and the calls/ }).focus();
      await page.keyboard.press('0');
      assert.ok(Math.abs((await width()) - fitted) < 1);
      const { x } = (await gateway.boundingBox())!;
      await page.keyboard.press('ArrowRight');
      assert.ok((await gateway.boundingBox())!.x < x);
    });

    it('has the same figures as a sortable table and as CSV', async () => {
      await using tab = await open('?layout=table');
      const { page } = tab;
      await page.getByRole('row', { name: /payment bank/ }).waitFor();
      await page.getByRole('button', { name: 'Error rate' }).click();
      const rates = await page.locator('tbody tr td:nth-of-type(4)').allInnerTexts();
      const values = rates.map(text => Number.parseFloat(text) || 0);
      assert.deepEqual(
        values,
        values.toSorted((a, b) => b - a),
      );
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export CSV' }).click(),
      ]);
      const csv = await readFile((await download.path())!, 'utf8');
      assert.match(csv, /^parent,child,callCount,errorCount,errorRate\r\n/);
      assert.match(csv, /payment,bank,\d+,\d+,/);
    });

    it('draws a matrix whose cells lead to traces', async () => {
      await using tab = await open('?layout=matrix&focus=payment&hops=1');
      const { page } = tab;
      const matrix = page.getByRole('img', { name: /Calls as a matrix/ });
      await matrix.waitFor();
      const box = (await matrix.boundingBox())!;
      // Order: checkout, fraud/payment… Only cells with calls react; walk until one does.
      for (let cell = 0; cell < 36 && !page.url().includes('remoteServiceName'); cell++) {
        await page.mouse.click(box.x + 150 + (cell % 6) * 16 + 8, box.y + 120 + Math.floor(cell / 6) * 16 + 8);
      }
      await page.waitForURL(url => url.searchParams.has('remoteServiceName'));
    });

    it('opens links of Zipkin Lens, and says that a time without calls has none', async () => {
      await using tab = await open('?startTime=1500000000000&endTime=1500000060000');
      await tab.page.getByRole('heading', { name: 'No calls between services' }).waitFor();
      await tab.page.getByRole('button', { name: 'Last 7 days' }).click();
      await tab.page.getByRole('button', { name: /^gateway: uses/ }).waitFor();
      tab.assertQuiet();
    });

    it('shows a matrix when there are too many services for a map, and still a map of the neighbourhood of one', async () => {
      const name = (index: number): string => `service-${String(index).padStart(3, '0')}`;
      const links = Array.from({ length: 1500 }, (_, index) => ({
        parent: name(index % 500),
        child: name((index * 7 + 1) % 500),
        callCount: index + 1,
        ...(index % 9 === 0 && { errorCount: index + 1 }),
      }));
      await using tab = await openPage(browser, 'about:blank');
      const { page } = tab;
      await page.context().route(/api\/v2\/dependencies/, route => route.fulfill({ json: links }));
      await page.goto(`${target.url}dependency`);
      await page.getByRole('img', { name: /Calls as a matrix/ }).waitFor();
      await page.getByText('500 services').waitFor();
      await page.getByRole('button', { name: 'Map', exact: true }).click();
      await page.getByText('cannot be read').waitFor();
      await page.getByRole('combobox', { name: 'Focus' }).selectOption(name(7));
      await page.getByRole('button', { name: /^service-007: uses/ }).waitFor();
      await page.getByRole('button', { name: 'Table', exact: true }).click();
      await page.getByRole('row').nth(3).waitFor();
      tab.assertQuiet();
    });

    it('says so when the answer makes no sense, and leaves the way to other screens', async () => {
      await using tab = await openPage(browser, 'about:blank');
      const { page } = tab;
      await page.context().route(/api\/v2\/dependencies/, route => route.fulfill({ json: { not: 'a list' } }));
      await page.goto(`${target.url}dependency`);
      await page.getByRole('heading', { name: 'This screen failed' }).waitFor();
      await page.getByRole('link', { name: 'Traces' }).click();
      await page.locator('tr[data-index]').first().waitFor();
    });
  });
}
