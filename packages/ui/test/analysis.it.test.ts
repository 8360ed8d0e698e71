import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { assertFits, launchBrowser, noBrowser, openPage, type TestPage } from './browser.ts';
import { shopTraces } from './shop-data.ts';
import { openTracekin, TARGETS, type Target } from './targets.ts';

// What a server counts for the UI: heatmap, what differs, facets, services, events. And the same screens without it.

const rows = (page: Page) => page.locator('table tbody tr[data-index]');
const differences = (page: Page) => page.getByRole('region', { name: 'What differs' });
const heatmap = (page: Page) => page.getByRole('img', { name: /\d spans, \d+ with errors/ });

async function drag(page: Page, [x1, y1, x2, y2]: readonly [number, number, number, number]): Promise<void> {
  const box = (await page.locator('main canvas').first().boundingBox())!;
  await page.mouse.move(box.x + box.width * x1, box.y + box.height * y1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * x2, box.y + box.height * y2, { steps: 4 });
  await page.mouse.up();
}

async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 200; presses++) {
    const focused = await page.evaluate(() => {
      const { activeElement } = document;
      return activeElement?.getAttribute('aria-label') ?? activeElement?.textContent ?? '';
    });
    if (name.test(focused)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`no Tab reaches ${name}`);
}

describe('counting all spans in the UI', { skip: noBrowser }, () => {
  let browser: Browser;
  let target: Target;
  const traces = shopTraces({ traces: 400, endTs: Date.now() - 2000, spreadMs: 700_000, seed: 3 });
  const spans = traces.flat();
  before(async () => {
    target = await openTracekin();
    await target.send(traces);
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await target?.[Symbol.asyncDispose]();
  });
  const open = (path = '', options = {}): Promise<TestPage> => openPage(browser, target.url + path, options);

  it('says where a span stands among all of its operation around that time', async () => {
    const root = spans.find(span => span.name === 'post /checkout' && span.parentId === undefined)!;
    const others = spans.filter(
      span => span.name === root.name && span.localEndpoint?.serviceName === root.localEndpoint?.serviceName,
    ).length;
    await using tab = await open(`traces/${root.traceId}?span=${root.id}`);
    const around = tab.page.locator('dl > div').filter({ hasText: 'Around that time' });
    await around.waitFor();
    const share = await around.locator('dd').innerText();
    assert.match(share, new RegExp(`^slower than \\d+(\\.\\d+)?% of ${(others - 1).toLocaleString('en')} others$`));
    assert.match((await around.locator('dd').getAttribute('title')) ?? '', /p50 .*, p95 .*, p99 /);
    tab.assertQuiet();
  });

  it('shows every matching span in the heatmap, not only those of the page of results', async () => {
    await using tab = await open();
    const { page } = tab;
    await rows(page).first().waitFor();
    await page.getByRole('button', { name: 'Heatmap' }).click();
    await page.waitForURL(url => url.searchParams.get('view') === 'heatmap');
    await page.getByText(`${traces.length} spans`, { exact: false }).first().waitFor();
    await page.getByRole('combobox', { name: 'Count' }).selectOption('all');
    await page
      .getByText(`${spans.length.toLocaleString('en')} spans, `)
      .first()
      .waitFor();
    await page.getByText('every span counted').waitFor();
    await page.getByText('As a table').click();
    const cells = page.getByRole('region', { name: 'Spans by time' }).locator('tbody td:nth-child(2)');
    const counted = (await cells.allInnerTexts()).reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0);
    assert.equal(counted, spans.length);
    tab.assertQuiet();
  });

  it('says what differs in a dragged box, and turns it into a filter', async () => {
    await using tab = await open('?view=heatmap&of=all');
    const { page } = tab;
    await heatmap(page).waitFor();
    await drag(page, [0.05, 0.03, 0.99, 0.3]);
    await page.waitForURL(url => url.searchParams.has('box'));
    await differences(page)
      .getByText(/selected spans against the rest/)
      .waitFor();
    const search = differences(page).getByRole('button', { name: 'Search for service:payment' });
    await search.waitFor();
    await rows(page).first().waitFor();
    await search.click();
    await page.waitForURL(url => url.searchParams.get('serviceName') === 'payment' && !url.searchParams.has('box'));
    assert.equal(new URL(page.url()).searchParams.get('view'), 'heatmap');
    await page.goBack();
    await differences(page).waitFor();
    tab.assertQuiet();
  });

  it('compares the errors with the rest, and opens so from a link', async () => {
    await using tab = await open('?view=heatmap&of=all');
    await tab.page.getByRole('button', { name: 'What differs in the errors' }).click();
    await tab.page.waitForURL(url => url.searchParams.get('diff') === 'errors');
    await differences(tab.page)
      .getByText(/http\.status_code=402/)
      .first()
      .waitFor();
    const failed = spans.filter(({ tags }) => tags?.['error'] !== undefined).length;
    await differences(tab.page).getByText(`${failed} failed spans against the others`).waitFor();
    await using other = await openPage(browser, tab.page.url());
    await differences(other.page)
      .getByText(/http\.status_code=402/)
      .first()
      .waitFor();
    await other.page.getByRole('button', { name: 'Close' }).click();
    await differences(other.page).waitFor({ state: 'detached' });
    other.assertQuiet();
  });

  it('does all of that by keyboard alone', async () => {
    await using tab = await open('?view=heatmap&of=all');
    const { page } = tab;
    await heatmap(page).waitFor();
    await tabTo(page, /^Select by numbers$/);
    await page.keyboard.press('Enter');
    await tabTo(page, /^Select by numbers$/);
    const shortest = page.getByRole('textbox', { name: 'Shortest' });
    await shortest.waitFor();
    for (let presses = 0; presses < 40; presses++) {
      if (await shortest.evaluate(element => element === document.activeElement)) break;
      await page.keyboard.press('Tab');
    }
    await page.keyboard.type('200ms');
    await page.keyboard.press('Enter');
    await page.waitForURL(url => /,200000-$/.test(url.searchParams.get('box') ?? ''));
    await differences(page)
      .getByText(/selected spans against the rest/)
      .waitFor();
    await tabTo(page, /^Search for span:"?post \/checkout|^Search for service:/);
    await page.keyboard.press('Enter');
    await page.waitForURL(url => !url.searchParams.has('box'));
    tab.assertQuiet();
  });

  it('offers what all matching spans have, with how often, beside the results', async () => {
    await using tab = await open('?limit=10');
    const { page } = tab;
    const count = spans.filter(({ localEndpoint }) => localEndpoint?.serviceName === 'bank').length;
    assert.equal(count, 0);
    const payment = spans.filter(({ localEndpoint }) => localEndpoint?.serviceName === 'payment').length;
    const button = page.getByRole('button', { name: new RegExp(`^payment.*${payment}$`) });
    await page.getByText('In all matching spans').waitFor();
    await page.getByRole('list', { name: 'Services', exact: true }).getByText(/more$/).click();
    await button.click();
    await page.waitForURL(url => url.searchParams.get('serviceName') === 'payment');
    await page.getByRole('list', { name: 'http.status_code' }).getByRole('button').first().click();
    await page.waitForURL(url => /^http\.status_code=/.test(url.searchParams.get('annotationQuery') ?? ''));
    tab.assertQuiet();
  });

  it('has a page for each service, from the list to the traces of a time', async () => {
    await using tab = await open('services');
    const { page } = tab;
    await page.getByRole('row', { name: /^payment/ }).waitFor();
    await page.getByRole('button', { name: 'Error rate' }).click();
    const shares = (await page.locator('tbody tr td:nth-of-type(3)').allInnerTexts()).map(
      text => Number.parseFloat(text) || 0,
    );
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => b - a),
    );
    await page.getByRole('link', { name: 'payment', exact: true }).click();
    await page.waitForURL(/services\/payment/);
    await page.getByRole('img', { name: /Requests per second over time/ }).waitFor();
    await page.getByRole('region', { name: 'Calls', exact: true }).getByRole('link', { name: 'fraud' }).waitFor();
    await page.getByRole('region', { name: 'Called by' }).getByRole('link', { name: 'checkout' }).waitFor();
    await page.getByRole('button', { name: 'authorize' }).click();
    await page.waitForURL(url => url.searchParams.get('spanName') === 'authorize');
    await page.getByRole('img', { name: /Duration over time/ }).waitFor();
    await drag(page, [0.3, 0.5, 0.9, 0.5]);
    await page.waitForURL(
      url =>
        url.searchParams.get('serviceName') === 'payment' &&
        url.searchParams.get('spanName') === 'authorize' &&
        url.searchParams.get('lookback') === 'range',
    );
    await rows(page).first().waitFor();
    tab.assertQuiet();
  });

  it('reaches the services and the traces of a time by keyboard alone', async () => {
    await using tab = await open();
    const { page } = tab;
    await rows(page).first().waitFor();
    await page.keyboard.type('gs');
    await page.waitForURL(/services/);
    await page.getByRole('row', { name: /^checkout/ }).waitFor();
    await tabTo(page, /^checkout$/);
    await page.keyboard.press('Enter');
    await page.getByRole('img', { name: /Requests per second over time/ }).waitFor();
    await tabTo(page, /^As a table$/);
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Spans by time' }).waitFor();
    await tabTo(page, /^\w+ \d+, \d{4}/);
    await page.keyboard.press('Enter');
    await page.waitForURL(url => url.searchParams.get('lookback') === 'range');
    await rows(page).first().waitFor();
    tab.assertQuiet();
  });

  it('follows the events of the server instead of asking, and asks where they are refused', async () => {
    for (const refused of [false, true]) {
      await using tab = await openPage(browser, 'about:blank');
      const { page } = tab;
      let asked = 0;
      page.on('request', request => {
        if (/\/summaries\?/.test(request.url())) asked++;
      });
      if (refused) await page.context().route(/\/v1\/stream/, route => route.fulfill({ status: 503, body: 'full' }));
      await page.goto(`${target.url}?live=1`);
      await rows(page).first().waitFor();
      const before = asked;
      const [trace] = shopTraces({ traces: 1, endTs: Date.now(), spreadMs: 1, seed: refused ? 991 : 992 });
      await target.send([trace!]);
      await page.locator(`a[data-trace="${trace![0]!.traceId}"]`).waitFor();
      // What was asked before the trace was sent may have been answered after it.
      if (refused) await page.waitForRequest(/\/summaries\?/);
      else assert.equal(asked, before);
      tab.assertQuiet(refused ? /503/ : undefined);
    }
  });

  it('saves the map as a picture, with the figures of its calls', async () => {
    await using tab = await open('dependency');
    const { page } = tab;
    await page.getByRole('button', { name: 'Focus on the busiest' }).click();
    await page.waitForURL(url => url.searchParams.has('focus'));
    await page.locator('svg g[role=button]').first().waitFor();
    for (const [kind, start] of [
      ['SVG', '<svg'],
      ['PNG', '\x89PNG'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: `Save the map as ${kind}` }).click(),
      ]);
      const bytes = await readFile((await download.path())!, 'latin1');
      assert.ok(bytes.startsWith(start), kind);
      assert.ok(bytes.length > 2000);
    }
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page
      .getByRole('row', { name: /\d ms / })
      .first()
      .waitFor();
    tab.assertQuiet();
  });

  for (const [path, ready] of [
    ['?view=heatmap&of=all&diff=errors', 'h2'],
    ['?limit=20&cols=http.status_code,http.path', 'tr[data-index]'],
    ['services', 'tbody tr'],
    ['services/payment', 'figure'],
  ] as const) {
    it(`fits windows of 390 to 1440 pixels, light and dark: /${path}`, async () => {
      await using tab = await open(path, { viewport: { width: 390, height: 900 } });
      await tab.page.locator(ready).first().waitFor();
      await tab.page.waitForLoadState('networkidle');
      await assertFits(tab.page, path);
      tab.assertQuiet();
    });
  }
});

for (const kind of TARGETS) {
  describe(`without counting, in front of ${kind.name}`, { skip: noBrowser || kind.skip }, () => {
    let browser: Browser;
    let target: Target;
    before(async () => {
      target = await kind.open();
      await target.send(
        shopTraces({ traces: 300, endTs: Date.now() - 2000, spreadMs: 600_000, seed: Date.now() % 2 ** 31 }),
      );
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await target?.[Symbol.asyncDispose]();
    });
    /** As a Zipkin server answers: without capabilities. */
    async function open(path: string): Promise<TestPage> {
      const tab = await openPage(browser, 'about:blank');
      await tab.page.context().route(/config\.json/, async route => {
        const response = await route.fetch();
        const { capabilities: _, ...config } = await response.json();
        await route.fulfill({ response, json: config });
      });
      await tab.page.goto(target.url + path);
      return tab;
    }

    it('compares the loaded traces, says that it is only those, and offers no heatmap', async () => {
      await using tab = await open('?limit=250&view=heatmap');
      const { page } = tab;
      await rows(page).first().waitFor();
      assert.equal(await page.getByRole('button', { name: 'Heatmap' }).count(), 0);
      assert.equal(await page.getByText('In all matching spans').count(), 0);
      await drag(page, [0.05, 0.02, 0.99, 0.35]);
      await differences(page)
        .getByText(/only what is loaded/)
        .waitFor();
      await differences(page)
        .getByRole('button', { name: /Search for service:/ })
        .first()
        .waitFor();
      tab.assertQuiet();
    });

    it('has tag columns, which it reads from whole traces', async () => {
      await using tab = await open('?limit=20');
      const { page } = tab;
      await rows(page).first().waitFor();
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByLabel('Tags as columns').fill('http.status_code');
      await page.keyboard.press('Enter');
      await page.waitForURL(url => url.searchParams.get('cols') === 'http.status_code');
      await page.getByRole('columnheader', { name: 'http.status_code' }).waitFor();
      await page.getByRole('cell', { name: '200', exact: true }).first().waitFor();
      tab.assertQuiet();
    });

    it('says that services are not counted, and has no way there', async () => {
      await using tab = await open('services');
      await tab.page.getByRole('heading', { name: 'This server does not count spans' }).waitFor();
      assert.equal(await tab.page.getByRole('link', { name: 'Services' }).count(), 0);
      tab.assertQuiet();
    });
  });
}
