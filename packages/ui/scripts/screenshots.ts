// Makes the two pictures of the README: `node packages/ui/scripts/screenshots.ts [folder]`. Starts a server with memory
// storage of its own, fills it with the generated shop and photographs a search and a trace.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summarizeTrace } from '@tracekin/model';
import { launchBrowser, openPage } from '../test/browser.ts';
import { shopTraces } from '../test/shop-data.ts';
import { openTracekin } from '../test/targets.ts';

const folder = resolve(process.argv[2] ?? fileURLToPath(new URL('../../../docs/images', import.meta.url)));
mkdirSync(folder, { recursive: true });

await using target = await openTracekin();
const traces = shopTraces({ traces: 400, endTs: Date.now() - 1000, spreadMs: 880_000, seed: 11 });
await target.send(traces);
/** The largest trace that failed: it shows most. */
const { traceId } = traces
  .map(summarizeTrace)
  .filter(({ errorCount }) => errorCount > 0)
  .sort((a, b) => b.spanCount - a.spanCount)[0]!;

const browser = await launchBrowser();
try {
  for (const [name, path, drawn] of [
    ['search', '?limit=250', 'tr[data-index]'],
    ['trace', `traces/${traceId}`, 'main canvas'],
  ] as const) {
    await using tab = await openPage(browser, target.url + path, {
      deviceScaleFactor: 2,
      viewport: { width: 1440, height: 900 },
    });
    await tab.page.locator(drawn).first().waitFor();
    await tab.page.waitForLoadState('networkidle');
    await tab.page.waitForTimeout(300);
    await tab.page.screenshot({ path: `${folder}/${name}.png` });
    console.log(`${folder}/${name}.png`);
  }
} finally {
  await browser.close();
}
