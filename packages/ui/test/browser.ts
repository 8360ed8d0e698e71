import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's Chromium, or what CHROMIUM_PATH names. */
export const CHROMIUM: string = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/**
 * For `describe`: why browser tests cannot run here, or false. On CI a missing browser is no reason: there they run and fail.
 */
export const noBrowser: string | false =
  existsSync(CHROMIUM) || process.env['CI'] === 'true' ? false : `no Chromium at ${CHROMIUM}; set CHROMIUM_PATH`;

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

export interface TestPage extends AsyncDisposable {
  readonly page: Page;
  /** Fails when the page logged an error, broke the content policy or threw. `except` names what a test provokes itself. */
  readonly assertQuiet: (except?: RegExp) => void;
}

/** A page of its own with empty storage. */
export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<TestPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    locale: 'en-GB',
    timezoneId: 'UTC',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const noise: string[] = [];
  page.on('console', message => {
    if (message.type() === 'error' || message.type() === 'warning') noise.push(message.text());
  });
  page.on('pageerror', error => noise.push(error.stack ?? error.message));
  await page.goto(url);
  return {
    page,
    assertQuiet: except =>
      assert.deepEqual(
        noise.filter(line => except === undefined || !except.test(line)),
        [],
      ),
    [Symbol.asyncDispose]: () => context.close(),
  };
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const EVERY_RULE = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Of these the outcome can be another one in another theme, which changes colours and borders and nothing else. */
const THEME_RULES = ['color-contrast', 'link-in-text-block', 'target-size'];

/** Fails with rule, element and reason for each violation of WCAG 2.2 A and AA or axe's best practices. */
export async function assertAccessible(page: Page, what: string): Promise<void> {
  await assertRules(page, what, { type: 'tag', values: EVERY_RULE });
}

/** The same in every theme, without loading the page again: all colours hang on one attribute. */
export async function assertAccessibleInThemes(page: Page, what: string): Promise<void> {
  const theme = (name: string): Promise<void> =>
    page.evaluate(theme => {
      document.documentElement.dataset['theme'] = theme;
      return new Promise(resolve => requestAnimationFrame(() => resolve()));
    }, name);
  await theme('light');
  await assertAccessible(page, `${what}, light`);
  for (const name of ['dark', 'contrast']) {
    await theme(name);
    await assertRules(page, `${what}, ${name}`, { type: 'rule', values: THEME_RULES });
  }
}

async function assertRules(page: Page, what: string, runOnly: { type: string; values: string[] }): Promise<void> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axe });
  const violations = await page.evaluate(async runOnly => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: (
          context: Document,
          options: object,
        ) => Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run(document, { runOnly, resultTypes: ['violations'] });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${JSON.stringify(target)} ${failureSummary}`),
    );
  }, runOnly);
  assert.deepEqual(violations, [], what);
}

/**
 * Fails when the page is wider than its window, in windows of three widths, light and dark. The page is made wider step by step
 * and not loaded again for each: `open` it 390 px wide.
 */
export async function assertFits(page: Page, what: string): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      // What follows the size of an element does so within two frames.
      await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
      await assertNoSideways(page, `${what}, ${width} px, ${colorScheme}`);
    }
  }
}

const WIDTHS = [390, 1024, 1440] as const;

/** Fails when the page is wider than its window. */
export async function assertNoSideways(page: Page, what: string): Promise<void> {
  const [scroll, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
  assert.ok(scroll <= width, `${what} is ${scroll} wide in a window of ${width}`);
}
