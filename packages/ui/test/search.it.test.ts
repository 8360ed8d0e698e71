import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, noBrowser, openPage, type TestPage } from './browser.ts';
import { shopTraces } from './shop-data.ts';
import { openTracekin, TARGETS, type Target } from './targets.ts';

const rows = (page: Page) => page.locator('table tbody tr[data-index]');
const search = (page: Page): URLSearchParams => new URL(page.url()).searchParams;

for (const kind of TARGETS) {
  describe(`searching in front of ${kind.name}`, { skip: noBrowser || kind.skip }, () => {
    let browser: Browser;
    let target: Target;
    before(async () => {
      target = await kind.open();
      await target.send(
        shopTraces({ traces: 260, endTs: Date.now() - 2000, spreadMs: 600_000, seed: Date.now() % 2 ** 31 }),
      );
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await target?.[Symbol.asyncDispose]();
    });
    const open = (path = '', options = {}): Promise<TestPage> => openPage(browser, target.url + path, options);

    it('opens with a search already run and leaves the address alone', async () => {
      await using tab = await open();
      await rows(tab.page).first().waitFor();
      assert.equal(await rows(tab.page).count(), 10);
      assert.equal(new URL(tab.page.url()).search, '');
      tab.assertQuiet();
    });

    it(
      kind.name === 'Tracekin' ? 'downloads summaries and never whole traces' : 'sums up whole traces in a worker',
      async () => {
        await using tab = await openPage(browser, 'about:blank');
        const asked: string[] = [];
        tab.page.on('request', request => asked.push(new URL(request.url()).pathname));
        await tab.page.goto(`${target.url}?limit=50`);
        await rows(tab.page).nth(49).waitFor();
        assert.equal(
          asked.some(path => path.endsWith('/api/v2/traces')),
          kind.name === 'Zipkin',
        );
        assert.equal(
          asked.some(path => path.endsWith('/api/tracekin/v1/summaries')),
          kind.name === 'Tracekin',
        );
        tab.assertQuiet();
      },
    );

    it('moves nothing while the results come in', async () => {
      await using tab = await openPage(browser, 'about:blank');
      await tab.page.addInitScript(() => {
        const shifts: number[] = [];
        Object.assign(globalThis, { shifts });
        new PerformanceObserver(list => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      await tab.page.goto(`${target.url}?limit=20`);
      await rows(tab.page).nth(19).waitFor();
      await tab.page.waitForTimeout(300);
      const shift = await tab.page.evaluate(() =>
        (globalThis as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
      );
      assert.ok(shift < 0.01, `layout shift ${shift}`);
    });

    it('turns typed text into filters, addresses and results', async () => {
      await using tab = await open();
      const { page } = tab;
      await page.getByRole('combobox', { name: 'Add a filter' }).fill('service:checkout duration>1ms http.method=POST');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Edit filter http.method=POST' }).waitFor();
      assert.equal(search(page).get('serviceName'), 'checkout');
      assert.equal(search(page).get('minDuration'), '1ms');
      assert.equal(search(page).get('annotationQuery'), 'http.method=POST');
      await rows(page).first().waitFor();
      for (const text of await rows(page).allInnerTexts()) assert.match(text, /post \/checkout/);
      await page.getByRole('button', { name: 'Remove filter service:checkout' }).click();
      await page.waitForURL(url => !url.searchParams.has('serviceName'));
      await page.goBack();
      assert.equal(search(page).get('serviceName'), 'checkout');
      tab.assertQuiet();
    });

    it('says what is wrong with a filter and keeps the text', async () => {
      await using tab = await open();
      const box = tab.page.getByRole('combobox', { name: 'Add a filter' });
      await box.fill('duration>soon');
      await box.press('Enter');
      await tab.page.getByRole('alert').filter({ hasText: 'a duration is a number' }).waitFor();
      assert.equal(await box.inputValue(), 'duration>soon');
    });

    it('finds, filters, marks and opens by keyboard alone', async () => {
      await using tab = await open('?limit=20');
      const { page } = tab;
      await rows(page).nth(5).waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('service:gatew');
      await page.getByRole('option', { name: /^service:gateway/ }).waitFor();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      await page.waitForURL(url => url.searchParams.get('serviceName') === 'gateway');
      await page.keyboard.press('Escape');
      await page.keyboard.press('Backspace');
      assert.equal(await page.getByRole('combobox', { name: 'Add a filter' }).inputValue(), 'service:gateway');
      await page.keyboard.press('Enter');
      await page.waitForURL(url => url.searchParams.get('serviceName') === 'gateway');
      await page.keyboard.press('Escape');
      await rows(page).nth(5).waitFor();
      await page.getByRole('combobox', { name: 'Add a filter' }).blur();
      for (const key of ['j', 'j', 'x', 'ArrowDown', 'x', 'k']) await page.keyboard.press(key);
      const focused = await page.evaluate(() => document.activeElement?.getAttribute('data-trace'));
      const marked = search(page).get('mark')!.split(',');
      assert.equal(marked.length, 2);
      assert.equal(focused, marked[0]);
      await page.keyboard.press('Enter');
      await page.waitForURL(url => url.pathname.endsWith(`/traces/${focused}`));
      await page.goBack();
      await rows(page).nth(5).waitFor();
      await page.keyboard.press('Shift+X');
      await page.waitForURL(url => url.pathname.endsWith(`/compare/${marked.join('...')}`));
    });

    it('opens links of Zipkin Lens', async () => {
      await using tab = await open(
        `?serviceName=gateway&spanName=get+%2Fsearch&lookback=1h&endTs=${Date.now()}&limit=5`,
      );
      await rows(tab.page).nth(4).waitFor();
      assert.equal(await rows(tab.page).count(), 5);
      for (const text of await rows(tab.page).allInnerTexts()) assert.match(text, /get \/search/);
      await tab.page.getByRole('button', { name: 'Edit filter span:"get /search"' }).waitFor();
      tab.assertQuiet();
    });

    it('shows a list as it was on the way back, and asks again when a link is followed', async () => {
      await using tab = await open('?limit=20');
      const { page } = tab;
      await rows(page).nth(19).waitFor();
      let asked = 0;
      page.on('request', request => {
        if (/summaries|v2\/traces/.test(request.url())) asked++;
      });
      await page.locator('a[data-trace]').nth(3).click();
      await page.waitForURL(url => url.pathname.includes('/traces/'));
      await page.goBack();
      await rows(page).nth(19).waitFor();
      assert.equal(asked, 0);
      await page.getByRole('link', { name: 'Map' }).click();
      await page.waitForURL(/dependency/);
      await page.getByRole('link', { name: 'Traces', exact: true }).first().click();
      await rows(page).first().waitFor();
      assert.equal(asked, 1);
    });

    it('loads older traces below those that are there', async () => {
      await using tab = await open('?limit=25');
      const { page } = tab;
      await rows(page).nth(24).waitFor();
      const before = await page
        .locator('a[data-trace]')
        .evaluateAll(links => links.map(link => link.getAttribute('data-trace')));
      await page.getByRole('button', { name: 'Load 25 older' }).click();
      await rows(page).nth(40).waitFor();
      const after = await page
        .locator('a[data-trace]')
        .evaluateAll(links => links.map(link => link.getAttribute('data-trace')));
      assert.deepEqual(after.slice(0, 25), before);
      assert.equal(new Set(after).size, after.length);
    });

    it('sorts by a column and remembers it', async () => {
      await using tab = await open('?limit=50');
      const { page } = tab;
      await rows(page).nth(20).waitFor();
      await page.getByRole('button', { name: 'Duration' }).click();
      await page.getByRole('columnheader', { name: 'Duration' }).and(page.locator('[aria-sort=descending]')).waitFor();
      const bars = await page
        .locator('tr[data-index] td i')
        .evaluateAll(marks =>
          marks.map(mark => Number.parseFloat((mark as HTMLElement).style.inlineSize)).filter(Number.isFinite),
        );
      assert.deepEqual(
        bars,
        bars.toSorted((a, b) => b - a),
      );
      await page.reload();
      await page.locator('[aria-sort=descending]').filter({ hasText: 'Duration' }).waitFor();
    });

    it('narrows the table to a part of the plot, by pointer and by numbers', async () => {
      await using tab = await open('?limit=100');
      const { page } = tab;
      await rows(page).nth(50).waitFor();
      const all = await rows(page).count();
      const plot = (await page.getByRole('img', { name: /traces,/ }).boundingBox())!;
      await page.mouse.move(plot.x + plot.width * 0.3, plot.y + 10);
      await page.mouse.down();
      await page.mouse.move(plot.x + plot.width * 0.6, plot.y + plot.height - 30, { steps: 4 });
      await page.mouse.up();
      await page.waitForURL(url => url.searchParams.has('box'));
      const some = await rows(page).count();
      assert.ok(some > 0 && some < all, `${some} of ${all}`);
      await page.getByRole('button', { name: 'Clear selection' }).click();
      await page.waitForURL(url => !url.searchParams.has('box'));
      assert.equal(await rows(page).count(), all);
      await page.getByRole('button', { name: 'Select by numbers' }).press('Enter');
      await page.getByRole('textbox', { name: 'Shortest' }).fill('200ms');
      await page.getByRole('textbox', { name: 'Shortest' }).press('Enter');
      await page.waitForURL(url => url.searchParams.get('box')?.split(',')[1] === '200000-');
      const slow = await rows(page).count();
      assert.ok(slow > 0 && slow < all);
      tab.assertQuiet();
    });

    it('filters the results by the services in them', async () => {
      await using tab = await open('?limit=100');
      const { page } = tab;
      await rows(page).nth(50).waitFor();
      await page.getByRole('checkbox', { name: /^payment/ }).check();
      await page.waitForURL(url => url.searchParams.get('svc') === 'payment');
      assert.ok((await rows(page).count()) > 0);
      for (const text of await rows(page).allInnerTexts()) assert.match(text, /post \/checkout/);
    });

    it('draws hundreds of rows without having them all in the page', async () => {
      await using tab = await open('?limit=1000');
      const { page } = tab;
      await rows(page).nth(20).waitFor();
      assert.ok((await rows(page).count()) < 120);
      await page.mouse.wheel(0, 5000);
      await page.locator('tr[data-index="170"]').waitFor();
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      await page.getByText('No older traces in this time range').waitFor();
    });

    it('says how old the latest match is and widens to it', async () => {
      const old = `old-${Date.now()}`;
      const timestamp = (Date.now() - 3 * 3_600_000) * 1000;
      await target.send([
        [
          {
            traceId: randomBytes(8).toString('hex'),
            id: '00000000000000ab',
            name: 'nightly',
            timestamp,
            duration: 5000,
            localEndpoint: { serviceName: old },
          },
        ],
      ]);
      await using tab = await open(`?serviceName=${old}`);
      const { page } = tab;
      await page.getByText('The latest trace that matches is 3h ago.').waitFor();
      await page.getByRole('button', { name: 'Search the last 6 h' }).click();
      await rows(page).first().waitFor();
      assert.equal(search(page).get('lookback'), '6h');
    });

    it('names the filter that matches nothing', async () => {
      await using tab = await open('?serviceName=nobody&minDuration=1ms');
      await tab.page.getByText('this filter matches nothing').waitFor();
      await tab.page.getByRole('button', { name: 'Remove service:nobody', exact: true }).click();
      await rows(tab.page).first().waitFor();
    });

    it('shows what the server said when it fails, and tries again', async () => {
      await using tab = await openPage(browser, 'about:blank');
      const { page } = tab;
      const pattern = /\/(api\/v2\/traces|summaries)\?/;
      await page
        .context()
        .route(pattern, route => route.fulfill({ status: 400, contentType: 'text/plain', body: 'lookback <= 0' }));
      await page.goto(target.url);
      await page.getByRole('alert').filter({ hasText: 'lookback <= 0' }).waitFor();
      await page.context().unroute(pattern);
      await page.getByRole('button', { name: 'Try again' }).click();
      await rows(page).first().waitFor();
      tab.assertQuiet(/400/);
    });

    it('lets new traces in when nobody is at the list, and holds them back when somebody is', async () => {
      await using tab = await open('?live=1&sort=newest');
      const { page } = tab;
      await rows(page).first().waitFor();
      const first = (): Promise<string | null> => page.locator('a[data-trace]').first().getAttribute('data-trace');
      const [one] = shopTraces({ traces: 1, endTs: Date.now(), spreadMs: 1, seed: 4242 + (Date.now() % 10_000) });
      await target.send([one!]);
      await page.locator(`a[data-trace="${one![0]!.traceId}"]`).waitFor();
      await rows(page).nth(3).hover();
      const top = await first();
      const [two] = shopTraces({ traces: 1, endTs: Date.now(), spreadMs: 1, seed: 77_000 + (Date.now() % 10_000) });
      await target.send([two!]);
      await page.getByRole('button', { name: '1 new trace' }).waitFor();
      assert.equal(await first(), top);
      await page.getByRole('button', { name: '1 new trace' }).click();
      await page.locator(`a[data-trace="${two![0]!.traceId}"]`).waitFor();
    });
  });
}

describe('suggestions for tag values', { skip: noBrowser }, () => {
  it('come from the autocomplete keys of the server', async () => {
    await using target = await openTracekin({ AUTOCOMPLETE_KEYS: 'http.method' });
    await target.send(shopTraces({ traces: 30, endTs: Date.now() - 1000, spreadMs: 10_000 }));
    const browser = await launchBrowser();
    try {
      await using tab = await openPage(browser, target.url);
      const { page } = tab;
      await page.getByRole('combobox', { name: 'Add a filter' }).fill('http');
      await page.getByRole('option', { name: /^http\.method=/ }).click();
      await page.getByRole('option', { name: /^http\.method=POST/ }).click();
      await page.waitForURL(url => url.searchParams.get('annotationQuery') === 'http.method=POST');
      tab.assertQuiet();
    } finally {
      await browser.close();
    }
  });
});
