import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import type { Browser, Locator, Page } from 'playwright-core';
import {
  assertAccessible,
  assertAccessibleInThemes,
  assertNoSideways,
  launchBrowser,
  noBrowser,
  openPage,
  type TestPage,
} from './browser.ts';
import { TARGETS, type Target } from './targets.ts';
import { brokenTrace, checkoutTrace, deepTrace, spanId, traceId } from './trace-data.ts';

const startedAt = Date.now() * 1000 - 3600e6;
const [CHECKOUT, OTHER, BROKEN, DEEP, GROWING] = [1, 2, 3, 4, 5].map(traceId) as [
  string,
  string,
  string,
  string,
  string,
];

const grid = (page: Page): Locator => page.getByRole('treegrid');
const rows = (page: Page): Locator => grid(page).getByRole('row').filter({ visible: true });
const names = async (page: Page): Promise<string[]> => (await rows(page).allTextContents()).map(text => text.trim());
const param = (page: Page, name: string): string | null => new URL(page.url()).searchParams.get(name);
const params = async (page: Page, name: string, value: string | null): Promise<void> => {
  await page.waitForFunction(([n, v]) => new URL(location.href).searchParams.get(n as string) === v, [name, value]);
};

for (const kind of TARGETS) {
  describe(`a trace in front of ${kind.name}`, { skip: noBrowser || kind.skip }, () => {
    let browser: Browser;
    let target: Target;
    before(async () => {
      target = await kind.open();
      await target.send([
        checkoutTrace(CHECKOUT, startedAt),
        checkoutTrace(OTHER, startedAt, 90_000).filter(span => span.name !== 'authorize'),
        brokenTrace(BROKEN, startedAt),
        deepTrace(DEEP, startedAt, 5000),
        checkoutTrace(GROWING, Date.now() * 1000 - 1e6).slice(0, 4),
      ]);
      browser = await launchBrowser();
    });
    after(async () => {
      await browser?.close();
      await target?.[Symbol.asyncDispose]();
    });
    const open = async (path: string, options = {}): Promise<TestPage> => {
      const tab = await openPage(browser, target.url + path, options);
      await tab.page.getByRole('heading', { level: 1 }).first().waitFor();
      return tab;
    };
    const openTrace = async (query = '', options = {}): Promise<TestPage> => {
      const tab = await open(`traces/${CHECKOUT}${query}`, options);
      await rows(tab.page).first().waitFor();
      return tab;
    };

    for (const width of [1440, 1024, 390]) {
      it(`shows what the trace is and all its rows, ${width} px wide, light and dark`, async () => {
        await using tab = await openTrace('', { viewport: { width, height: 900 } });
        const { page } = tab;
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          const text = await page
            .locator('header')
            .filter({ has: page.getByRole('heading', { level: 1 }) })
            .innerText();
          assert.match(text.replaceAll('\n', ' '), /frontend post \/checkout .*420 ms .*31 .*Errors 2/);
          // 31 spans, of which 24 are folded into one row.
          assert.equal(await grid(page).getAttribute('aria-rowcount'), '8');
          await page.getByRole('row', { name: '24 times cart get' }).waitFor();
          await page.getByText('Clock skew corrected on 2 spans.').waitFor();
          await assertNoSideways(page, `${width} ${colorScheme}`);
        }
        tab.assertQuiet();
      });
    }

    // What is drawn does not depend on the server behind it: once is enough.
    if (kind.name === 'Tracekin') {
      for (const view of ['timeline', 'flame', 'table', 'stats', 'map', 'events', 'json']) {
        it(`finds nothing to object to in the view ${view}, with details open, in any theme and narrow`, async () => {
          for (const [width, assertIt] of [
            [1440, assertAccessibleInThemes],
            [390, assertAccessible],
          ] as const) {
            await using tab = await open(`traces/${CHECKOUT}?view=${view}&cp=1&span=${spanId(2)}`, {
              bypassCSP: true,
              viewport: { width, height: 900 },
            });
            await tab.page.getByRole('tabpanel').waitFor();
            await tab.page.getByRole('complementary').waitFor();
            await assertIt(tab.page, `${view} ${width} with details`);
            await tab.page.getByRole('button', { name: 'Close details' }).click();
            await assertIt(tab.page, `${view} ${width}`);
          }
        });
      }

      it('finds nothing to object to with details below, a kept span, colours of a tag, a measurement and the menu', async () => {
        await using tab = await open(
          `traces/${CHECKOUT}?span=${spanId(27)}&pin=${spanId(2)}&dock=bottom&color=tag:http.route&measure=8000-20000`,
          { bypassCSP: true },
        );
        await tab.page.getByRole('region', { name: 'Kept span' }).waitFor();
        await tab.page.getByRole('group', { name: 'http.route' }).waitFor();
        await tab.page.locator('summary[aria-label=More]').click();
        await assertAccessibleInThemes(tab.page, 'everything at once');
        await tab.page.goto(`${target.url}traces/${CHECKOUT}?view=table&cols=http.route`);
        await tab.page.getByRole('columnheader', { name: 'http.route' }).waitFor();
        await assertAccessibleInThemes(tab.page, 'table with a tag');
      });

      it('finds nothing to object to in a broken trace, an unknown one, a comparison and the file page', async () => {
        for (const [path, ready] of [
          [`traces/${BROKEN}`, 'button:text("Details")'],
          [`traces/${'9'.repeat(16)}`, 'main h2'],
          [`compare/${CHECKOUT}...${OTHER}`, '[role=row]'],
          ['traceViewer', 'main h1'],
          ['compare/nonsense', 'main :is(h1, h2)'],
        ] as const) {
          await using tab = await openPage(browser, target.url + path, { bypassCSP: true });
          await tab.page.locator(ready).first().waitFor({ state: 'attached' });
          if (path.includes(BROKEN)) await tab.page.getByRole('button', { name: 'Details' }).click();
          if (path.includes('...')) await tab.page.getByRole('row', { name: /pay/ }).first().click();
          await assertAccessibleInThemes(tab.page, path);
        }
      });
    }

    it('opens the details of a span from a link, by parameter and by hash', async () => {
      for (const query of [`?span=${spanId(5)}`, `#${spanId(5)}`]) {
        await using tab = await openTrace(query);
        const panel = tab.page.getByRole('complementary');
        await panel.getByText('cart:42:2', { exact: true }).waitFor();
        // Its row was in a group: the group is open and the row is chosen.
        await tab.page.locator('[role=row][aria-selected=true]').waitFor();
        tab.assertQuiet();
      }
    });

    it('shows both sides of a call, the network between them, and what was corrected', async () => {
      await using tab = await openTrace();
      await rows(tab.page).filter({ hasText: 'get /stock' }).click();
      const details = tab.page.getByRole('complementary');
      await details.getByRole('heading', { name: 'IDs' }).waitFor();
      const text = await details.innerText();
      assert.match(text, /Client frontend/);
      assert.match(text, /Server stock/);
      assert.match(text.replaceAll('\n', ' '), /Network 16 ms/);
      assert.match(text, /moved by 30 ms to correct clock skew/);
    });

    it('leads from a span to those whose links name it, and to a search for those of other traces', async () => {
      await using tab = await openTrace();
      await rows(tab.page).filter({ hasText: 'send receipt' }).click();
      const details = tab.page.getByRole('complementary');
      const search = await details.getByRole('link', { name: 'Find traces that link here' }).getAttribute('href');
      const query = new URL(search ?? '', target.url).searchParams;
      assert.match(query.get('annotationQuery') ?? '', new RegExp(`^otel\\.link\\.0=${CHECKOUT}/[0-9a-f]{16}$`));
      assert.equal(query.get('lookback'), 'range');
      await details.getByRole('button', { name: /^Linked from/ }).click();
      await details.getByRole('heading', { name: 'authorize' }).waitFor();
      await details.getByRole('button', { name: /^Links/ }).click();
      await details.getByRole('heading', { name: 'send receipt' }).waitFor();
      tab.assertQuiet();
    });

    it('is moved through by keyboard alone, by the pattern of a tree grid', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      await grid(page).focus();
      const chosen = async (): Promise<string> => {
        const id = await grid(page).getAttribute('aria-activedescendant');
        return (await page.locator(`[id="${id}"]`).getAttribute('aria-label')) ?? '';
      };
      await page.keyboard.press('ArrowDown');
      assert.match(await chosen(), /^frontend post \/checkout, 420 ms, starts at 0 µs/);
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      assert.match(await chosen(), /^24 times cart get/);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === '32',
      );
      await page.keyboard.press('ArrowLeft');
      await page.keyboard.press('ArrowLeft');
      assert.match(await chosen(), /^cart get \/cart/);
      await page.keyboard.press('ArrowLeft');
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === '7',
      );
      await page.keyboard.press('End');
      assert.match(await chosen(), /send receipt/);
      await page.keyboard.press('Enter');
      await page.getByRole('complementary').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('complementary').waitFor({ state: 'detached' });
      await page.keyboard.press('e');
      assert.match(await chosen(), /, error$/);
      await page.keyboard.press('v');
      await page.keyboard.press('b');
      await page.getByRole('grid', { name: 'All spans' }).waitFor();
      await page.keyboard.press('v');
      await page.keyboard.press('t');
      await grid(page).waitFor();
      tab.assertQuiet();
    });

    it('says in each row what is drawn beside it, and opens and closes by pointer', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      const first = rows(page).first();
      await first.waitFor();
      assert.equal(await first.getByRole('gridcell').last().getAttribute('aria-label'), '420 ms');
      // Something is drawn where its bar and its arrow are, and nothing where neither is.
      const drawn = await page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('[role=treegrid] canvas')!;
        const row = document.querySelector('[role=treegrid] [role=row]')!;
        const [name, time] = [...row.querySelectorAll('[role=gridcell]')].map(cell => cell.getBoundingClientRect());
        const { left, top } = canvas.getBoundingClientRect();
        const line = canvas.getContext('2d')!.getImageData(0, Math.round(name!.top - top + 11), canvas.width, 1);
        return [name!.left + 11, name!.right - 10, time!.left + time!.width / 2].map(
          x => line.data[Math.round(x - left) * 4 + 3]! > 0,
        );
      });
      assert.deepEqual(drawn, [true, false, true]);
      await first.hover();
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid] [role=row]')?.getAttribute('title')?.includes('420 ms') === true,
      );
      await first.click({ position: { x: 11, y: 11 } });
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === '1',
      );
      await first.click({ position: { x: 11, y: 11 } });
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') !== '1',
      );
      tab.assertQuiet();
    });

    it('finds by text, tag, duration and expression, steps through what it found and can hide the rest', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      const status = page.getByRole('search').getByRole('status');
      await page.keyboard.press('/');
      for (const [text, found] of [
        ['redis', '24 found'],
        ['error="card declined"', '2 found'],
        ['dur>100ms', '4 found'],
        ['/^post./', '3 found'],
        ['nowhere', 'Nothing found'],
        ['/(/', 'Not a regular expression'],
        ['card', '2 found'],
      ] as const) {
        await page.getByRole('searchbox', { name: 'Find in trace' }).fill(text);
        await status.filter({ hasText: found }).waitFor();
      }
      await params(page, 'find', 'card');
      await page.keyboard.press('Enter');
      await status.filter({ hasText: '1 of 2' }).waitFor();
      await page.keyboard.press('Enter');
      await status.filter({ hasText: '2 of 2' }).waitFor();
      await page.getByRole('checkbox', { name: 'Only matches' }).check();
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === '3',
      );
      assert.equal(param(page, 'only'), '1');
      tab.assertQuiet();
    });

    it('zooms at the pointer, pans, and keeps the window in the address', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      const box = await grid(page).boundingBox();
      assert.ok(box);
      await page.mouse.move(box.x + box.width * 0.7, box.y + 60);
      await page.keyboard.down('Control');
      await page.mouse.wheel(0, -400);
      await page.keyboard.up('Control');
      await page.waitForFunction(() => new URL(location.href).searchParams.has('zoom'));
      const first = param(page, 'zoom');
      await page.keyboard.press('d');
      await page.waitForFunction(before => new URL(location.href).searchParams.get('zoom') !== before, first);
      await page.keyboard.press('0');
      await params(page, 'zoom', null);
      // Dragging over the overview zooms as well.
      const overview = await page.getByRole('group', { name: /^Overview/ }).boundingBox();
      assert.ok(overview);
      await page.mouse.move(overview.x + 300, overview.y + 20);
      await page.mouse.down();
      await page.mouse.move(overview.x + 500, overview.y + 20, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction(() => new URL(location.href).searchParams.has('zoom'));
      await page.reload();
      await rows(page).first().waitFor();
      await page.getByRole('slider', { name: 'Start of the window' }).press('ArrowLeft');
      await page.getByRole('button', { name: 'Whole trace' }).click();
      await params(page, 'zoom', null);
      tab.assertQuiet();
    });

    it('hides a service, shows it alone, and says so in the address', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      const chip = page.getByRole('group', { name: 'Services' }).getByRole('button', { name: /^cart/ });
      await chip.click();
      await params(page, 'svc', '-cart');
      assert.equal((await names(page)).filter(name => name.startsWith('cart')).length, 0);
      await chip.dblclick();
      await params(page, 'svc', 'cart');
      assert.ok((await names(page)).every(name => name.startsWith('cart')));
      await page.getByRole('button', { name: 'Show all' }).click();
      await params(page, 'svc', null);
    });

    it('focuses on a subtree and comes back by its path', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      await rows(page).filter({ hasText: 'post /pay' }).click();
      await page.getByRole('button', { name: 'Focus on subtree' }).click();
      await page.waitForFunction(
        () => document.querySelector('[role=treegrid]')?.getAttribute('aria-rowcount') === '2',
      );
      assert.notEqual(param(page, 'root'), null);
      await page.getByRole('navigation', { name: 'Focused on' }).getByRole('button', { name: 'Whole trace' }).click();
      await params(page, 'root', null);
      assert.equal(await grid(page).getAttribute('aria-rowcount'), '8');
    });

    it('shows the critical path and who it belongs to', async () => {
      await using tab = await openTrace();
      await tab.page.getByRole('checkbox', { name: 'Critical path' }).check();
      await tab.page.getByText(/^Critical path: pay 38/).waitFor();
      assert.equal(param(tab.page, 'cp'), '1');
    });

    it('shows times as they were reported when asked to', async () => {
      await using tab = await openTrace();
      await tab.page.getByRole('button', { name: 'Show reported times' }).click();
      await params(tab.page, 'skew', 'raw');
      await tab.page.getByText('without clock-skew correction').waitFor();
      await tab.page.getByRole('button', { name: 'Correct clock skew' }).click();
      await tab.page.getByText('Clock skew corrected on 2 spans.').waitFor();
    });

    it('explains a broken trace and shows all of it', async () => {
      await using tab = await open(`traces/${BROKEN}`);
      const { page } = tab;
      await rows(page).first().waitFor();
      assert.equal(await grid(page).getAttribute('aria-rowcount'), '5');
      await page.getByText('Incomplete: 1 span without their parent.').waitFor();
      await page.getByRole('button', { name: 'Details' }).click();
      const list = page.getByRole('list', { name: 'About this trace' });
      await list.getByText('Missing parent').waitFor();
      await list.getByText('Loop').waitFor();
      await list.getByRole('button', { name: 'Open in trace' }).first().click();
      await page.locator('[role=row][aria-selected=true]').waitFor();
      tab.assertQuiet();
    });

    it('a chain of 5,000 spans opens, to its last span', async () => {
      await using tab = await open(`traces/${DEEP}`);
      await rows(tab.page).first().waitFor();
      await grid(tab.page).focus();
      await tab.page.keyboard.press('End');
      await rows(tab.page).filter({ hasText: 'step 4999' }).waitFor();
      for (const view of ['Flame', 'Table', 'Stats']) {
        await tab.page.getByRole('tab', { name: view }).click();
        await tab.page.waitForTimeout(200);
      }
      tab.assertQuiet();
    });

    it('an unknown trace says what to do', async () => {
      await using tab = await openPage(browser, `${target.url}traces/${'8'.repeat(16)}`);
      await tab.page.getByRole('heading', { name: 'No such trace' }).waitFor();
      await tab.page.getByRole('button', { name: 'Try again' }).click();
      await tab.page.getByRole('heading', { name: 'No such trace' }).waitFor();
    });

    it('a server that fails is quoted, and can be asked again', async () => {
      await using tab = await openPage(browser, 'about:blank');
      await tab.page
        .context()
        .route('**/api/v2/trace/**', route => route.fulfill({ status: 500, body: 'storage is on fire' }));
      await tab.page.goto(`${target.url}traces/${CHECKOUT}`);
      await tab.page.getByRole('alert').getByText('storage is on fire').waitFor();
      await tab.page.context().unroute('**/api/v2/trace/**');
      await tab.page.getByRole('button', { name: 'Try again' }).click();
      await rows(tab.page).first().waitFor();
    });

    it('sorts the table, and the statistics group by any tag', async () => {
      await using tab = await open(`traces/${CHECKOUT}?view=table`);
      const { page } = tab;
      await page.getByRole('button', { name: 'Duration' }).click();
      await params(page, 'sort', '-duration');
      const first = page.getByRole('grid').getByRole('row').nth(1);
      await first.filter({ hasText: 'post /checkout' }).waitFor();
      await page.getByRole('tab', { name: 'Stats' }).click();
      await page.getByRole('combobox', { name: 'Group by' }).selectOption('tag:http.route');
      await page.getByRole('row', { name: /get \/cart/ }).waitFor();
      await page.getByRole('tab', { name: 'Flame' }).click();
      await page.getByRole('button', { name: 'Left heavy' }).click();
      await params(page, 'flame', 'heavy');
      await page.getByRole('button', { name: 'One operation' }).click();
      await page.getByRole('heading', { name: 'Callers' }).waitFor();
      tab.assertQuiet();
    });

    it('colours by a tag and finds the spans of a value', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      await page.getByRole('combobox', { name: 'Colour' }).selectOption('http.route');
      await params(page, 'color', 'tag:http.route');
      await page
        .getByRole('group', { name: 'http.route' })
        .getByRole('button', { name: /^post \/pay/ })
        .click();
      await page.getByRole('search').getByRole('status').filter({ hasText: '1 found' }).waitFor();
      tab.assertQuiet();
    });

    it('measures between two spans by keys, and says so in the address', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      await grid(page).focus();
      for (const key of ['Home', 'ArrowDown', 'm', 'ArrowDown', 'm']) await page.keyboard.press(key);
      await params(page, 'measure', '8000-20000');
      await page.getByText('12 ms from 8 ms to 20 ms').waitFor();
      await page.reload();
      await page.getByText('12 ms from 8 ms to 20 ms').waitFor();
      await page.getByRole('button', { name: 'End the measurement' }).click();
      await params(page, 'measure', null);
      tab.assertQuiet();
    });

    it('keeps a span beside the next one and marks tags that differ', async () => {
      await using tab = await openTrace(`?span=${spanId(2)}`);
      const { page } = tab;
      await page.getByRole('button', { name: 'Keep beside the next span' }).click();
      await params(page, 'pin', spanId(2));
      await rows(page).filter({ hasText: 'post /pay' }).click();
      const kept = page.getByRole('region', { name: 'Kept span' });
      await kept.getByRole('heading', { name: /^cart get \/cart/ }).waitFor();
      await kept.getByRole('rowheader', { name: 'http.route changed' }).waitFor();
      await page.getByRole('button', { name: 'Details below' }).click();
      await params(page, 'dock', 'bottom');
      await page.reload();
      await kept.waitFor();
      await page.getByRole('button', { name: 'Details at the right' }).waitFor();
      await page.getByRole('button', { name: 'No longer keep' }).click();
      await params(page, 'pin', null);
      tab.assertQuiet();
    });

    it('says where a span stands among the calls of its operation', async () => {
      await using tab = await openTrace(`?group=0&span=${spanId(3)}`);
      await tab.page
        .getByRole('complementary')
        .getByText(/slower than \d.*% of 23 others/)
        .waitFor();
    });

    it('shows tags as columns of the table, sorts by them and takes them away', async () => {
      await using tab = await open(`traces/${CHECKOUT}?view=table`);
      const { page } = tab;
      await page.getByRole('combobox', { name: 'Add a column…' }).selectOption('redis.key');
      await params(page, 'cols', 'redis.key');
      await page.getByRole('button', { name: 'redis.key', exact: true }).click();
      await page.getByRole('button', { name: 'redis.key', exact: true }).click();
      await params(page, 'sort', '-tag:redis.key');
      await page.getByRole('grid').getByRole('row').nth(1).filter({ hasText: 'cart:42:9' }).waitFor();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Download CSV' }).click(),
      ]);
      assert.match((await readFile(await download.path(), 'utf8')).split('\n')[1] ?? '', /,"cart:42:9"$/);
      await page.getByRole('button', { name: 'Remove column redis.key' }).click();
      await params(page, 'cols', null);
      await page.getByRole('tab', { name: 'Stats' }).click();
      await page.getByRole('combobox', { name: 'within it by' }).selectOption('tag:http.route');
      await page.getByRole('button', { name: 'pay › post /pay' }).waitFor();
      tab.assertQuiet();
    });

    it('looks for the tags of the search it was opened from, until they are cleared', async () => {
      await using tab = await openPage(
        browser,
        `${target.url}?serviceName=pay&annotationQuery=error%3Dcard+declined&lookback=2h&limit=10`,
      );
      const { page } = tab;
      await page.locator('a[data-trace]').first().click();
      const box = page.getByRole('searchbox', { name: 'Find in trace' });
      await page.getByRole('search').getByRole('status').filter({ hasText: '2 found' }).waitFor();
      assert.equal(await box.inputValue(), 'error="card declined"');
      await box.fill('');
      await params(page, 'find', null);
      await page.reload();
      await rows(page).first().waitFor();
      assert.equal(await box.inputValue(), '');
      tab.assertQuiet();
    });

    it('compares with a typical trace of the same operation', async () => {
      await using tab = await openTrace();
      const { page } = tab;
      await page.getByText('More', { exact: true }).or(page.locator('summary[aria-label=More]')).first().click();
      await page.getByRole('button', { name: 'Compare with typical' }).click();
      await page.waitForURL(/\/compare\//);
      await page.getByRole('heading', { name: 'Compare traces' }).waitFor();
      await page.getByRole('row').filter({ hasText: 'post /checkout' }).first().waitFor();
      tab.assertQuiet();
    });

    it('downloads what was reported', async () => {
      await using tab = await openTrace();
      const [download] = await Promise.all([
        tab.page.waitForEvent('download'),
        tab.page.getByRole('button', { name: 'Download JSON' }).click(),
      ]);
      const spans = JSON.parse(await readFile(await download.path(), 'utf8')) as unknown[];
      const stored = (await (await fetch(new URL(`../api/v2/trace/${CHECKOUT}`, target.url))).json()) as unknown[];
      assert.equal(spans.length, 34);
      assert.deepEqual(spans, stored);
    });

    it('offers new spans of a trace that is still growing, and moves nothing before it is asked to', async () => {
      await using tab = await open(`traces/${GROWING}`);
      const { page } = tab;
      await rows(page).first().waitFor();
      const asked: string[] = [];
      page.on('request', request => asked.push(new URL(request.url()).pathname));
      const before = await grid(page).getAttribute('aria-rowcount');
      await target.send([checkoutTrace(GROWING, Date.now() * 1000 - 1e6).slice(4)]);
      await page.getByRole('button', { name: 'Update' }).waitFor();
      assert.equal(await grid(page).getAttribute('aria-rowcount'), before);
      await page.getByRole('button', { name: 'Update' }).click();
      await rows(page).filter({ hasText: 'send receipt' }).waitFor();
      // Where the server tells, nothing is asked for again and again.
      const streams = asked.some(path => path.endsWith(`/api/tracekin/v1/trace/${GROWING}/stream`));
      assert.equal(streams, kind.name === 'Tracekin', asked.join(' '));
      tab.assertQuiet();
    });

    it('compares two traces, swaps them, and shows tags that differ', async () => {
      await using tab = await open(`compare/${CHECKOUT}...${OTHER}`);
      const { page } = tab;
      const row = page.getByRole('row').filter({ hasText: 'authorize' });
      await row.filter({ hasText: '+ only in A' }).waitFor();
      await page.getByRole('checkbox', { name: 'Only differences' }).check();
      assert.equal(await page.getByRole('row').filter({ hasText: 'get /cart' }).filter({ visible: true }).count(), 0);
      await page.getByRole('combobox', { name: 'Order' }).selectOption('delta');
      await params(page, 'order', 'delta');
      await page.getByRole('button', { name: 'Swap A and B' }).click();
      await row.filter({ hasText: '− only in B' }).waitFor();
      await row.click();
      await page.getByRole('complementary').getByText('payload').waitFor();
      tab.assertQuiet();
    });

    it('hides its surroundings when embedded', async () => {
      await using tab = await openPage(browser, `${target.url}traces/${CHECKOUT}?embed=1&embedHide=header,minimap`);
      await rows(tab.page).first().waitFor();
      assert.equal(await tab.page.getByRole('heading', { level: 1 }).count(), 0);
      assert.equal(await tab.page.getByRole('group', { name: /^Overview/ }).count(), 0);
    });

    it('opens files: one trace at once, several as a list, other formats, and nonsense with a reason', async () => {
      await using tab = await open('traceViewer');
      const { page } = tab;
      const choose = (name: string, content: unknown): Promise<void> =>
        page.locator('input[type=file]').setInputFiles({
          name,
          mimeType: 'application/json',
          buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
        });
      const again = (): Promise<void> => page.getByRole('button', { name: 'Open another file' }).click();
      await choose('one.json', checkoutTrace('1', startedAt));
      await rows(page).filter({ hasText: 'post /checkout' }).waitFor();
      await again();
      await choose('two.json', [checkoutTrace('1', startedAt), brokenTrace('2', startedAt)]);
      await page.getByRole('heading', { name: '2 traces in this file' }).waitFor();
      await page.getByRole('button', { name: /^root root/ }).click();
      await rows(page).filter({ hasText: 'orphan' }).waitFor();
      await page.goBack();
      await page.getByRole('heading', { name: '2 traces in this file' }).waitFor();
      await again();
      await choose('v1.json', [
        {
          traceId: '1',
          id: '1',
          name: 'old',
          annotations: [
            { timestamp: startedAt, value: 'sr', endpoint: { serviceName: 'legacy' } },
            { timestamp: startedAt + 900, value: 'ss', endpoint: { serviceName: 'legacy' } },
          ],
          binaryAnnotations: [],
        },
      ]);
      await rows(page).filter({ hasText: 'legacy' }).waitFor();
      await again();
      await choose('otlp.json', {
        resourceSpans: [
          {
            resource: { attributes: [{ key: 'service.name', value: { stringValue: 'otel' } }] },
            scopeSpans: [
              {
                spans: [
                  {
                    traceId: 'a'.repeat(32),
                    spanId: 'b'.repeat(16),
                    name: 'work',
                    startTimeUnixNano: `${startedAt}000`,
                    endTimeUnixNano: `${startedAt + 5}000`,
                  },
                ],
              },
            ],
          },
        ],
      });
      await rows(page).filter({ hasText: 'otel' }).waitFor();
      await again();
      await choose('bad.json', '<html>');
      await page.getByRole('heading', { name: 'No spans in it' }).waitFor();
      tab.assertQuiet();
    });
  });
}
