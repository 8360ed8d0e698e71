// What the worker does with a trace, step by step, in Node: node bench/ui/kernel.ts [spans, default 100000,1000000]
import { criticalPath } from '../../packages/ui/src/kernel/critical-path.ts';
import { FindIndex } from '../../packages/ui/src/kernel/find.ts';
import { parseFind } from '../../packages/ui/src/kernel/find-query.ts';
import { leftHeavyFlame, pathTree, timeFlame } from '../../packages/ui/src/kernel/flame.ts';
import { minimap } from '../../packages/ui/src/kernel/minimap.ts';
import { readSpans } from '../../packages/ui/src/kernel/read-spans.ts';
import { groupRepeats } from '../../packages/ui/src/kernel/repeats.ts';
import { visibleRows } from '../../packages/ui/src/kernel/rows.ts';
import { selfTimes } from '../../packages/ui/src/kernel/self-time.ts';
import { chainTrace, shopTrace, toBytes, wideTrace } from '../../packages/ui/src/kernel/testing/generate.ts';
import { buildTrace } from '../../packages/ui/src/kernel/trace.ts';

const sizes = (process.argv[2] ?? '100000,1000000').split(',').map(Number);

for (const [shape, make] of Object.entries({ shop: shopTrace, chain: chainTrace, wide: wideTrace })) {
  for (const spans of sizes) {
    const bytes = toBytes(make(spans));
    const steps: string[] = [];
    const timed = <T>(step: string, work: () => T): T => {
      const started = performance.now();
      const result = work();
      steps.push(`${step} ${(performance.now() - started).toFixed(0)}`);
      return result;
    };
    const reader = timed('read', () => readSpans(bytes));
    const { trace, source } = timed('build', () => buildTrace(reader.records));
    const self = timed('self time', () => selfTimes(trace));
    const repeats = timed('repeats', () => groupRepeats(trace));
    timed('rows', () =>
      visibleRows(trace, {
        root: -1,
        levels: 0,
        collapsed: new Uint8Array(trace.count),
        hiddenServices: undefined,
        matches: undefined,
        window: undefined,
        repeats,
        openGroups: new Uint8Array(repeats.count),
      }),
    );
    timed('minimap', () => minimap(trace, 1600, 44));
    const index = new FindIndex(trace, source, reader.records, self);
    const query = (text: string): void => {
      const parsed = parseFind(text);
      if (parsed.ok) index.find(parsed.terms);
    };
    timed('first find', () => query('r-9'));
    timed('find', () => query('r-99'));
    timed('critical path', () => criticalPath(trace));
    timed('flame', () => timeFlame(trace));
    timed('left heavy', () => leftHeavyFlame(pathTree(trace, self)));
    console.log(
      `${shape}, ${spans.toLocaleString('en')} spans, ${(bytes.length / 1e6).toFixed(0)} MB; ms: ${steps.join(', ')}`,
    );
  }
}
