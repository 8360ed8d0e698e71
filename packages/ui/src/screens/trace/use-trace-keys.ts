import { useShortcuts } from '../../app/shortcuts.ts';
import type { CriticalPath } from '../../kernel/critical-path.ts';
import { groupStart } from '../../kernel/repeats.ts';
import { groupOfEntry, isGroup } from '../../kernel/rows.ts';
import { ERROR } from '../../kernel/trace.ts';
import { copyText } from '../../widgets/copy-text.ts';
import { FIND_INPUT_ID, nextMatch } from './find-bar.tsx';
import { measurePatch } from './measure.ts';
import { spanSummary } from './span-summary.ts';
import { TIMELINE_ID } from './timeline-pane.tsx';
import type { PageContext } from './trace-page.tsx';
import type { View } from './trace-state.ts';
import type { RowsState } from './use-rows.ts';

export interface TraceKeys {
  readonly context: PageContext;
  readonly rows: RowsState;
  readonly found: Int32Array | undefined;
  readonly path: CriticalPath | undefined;
  readonly go: (row: number) => void;
}

const VIEW_KEYS: Readonly<Record<string, View>> = {
  t: 'timeline',
  f: 'flame',
  b: 'table',
  s: 'stats',
  m: 'map',
  e: 'events',
  j: 'json',
};

/**
 * The keys of ui.md 5.5. Those that move between rows belong to the timeline (the returned handler); the others work
 * wherever the focus is, unless it is in a text field.
 */
export function useTraceKeys(keys: TraceKeys): (event: React.KeyboardEvent) => void {
  const { context, found, path, go } = keys;
  const { opened, state, patch, zoom, selected, select, setOpen, open, text } = context;
  const { trace, repeats } = opened;
  const rowOf = (entry: number): number =>
    isGroup(entry) ? (repeats.members[groupStart(repeats, groupOfEntry(entry))] as number) : entry;
  const withRow = (act: (row: number) => void) => (): boolean => {
    if (Number.isNaN(selected)) return false;
    act(rowOf(selected));
    return true;
  };
  const step = (mask: (row: number) => boolean, by: 1 | -1): void => {
    const start = Number.isNaN(selected) ? -1 : rowOf(selected);
    for (let i = 1; i <= trace.count; i++) {
      const row = (((start + by * i) % trace.count) + trace.count) % trace.count;
      if (mask(row)) {
        go(row);
        return;
      }
    }
  };
  const resultLink = (which: string) => (): boolean => {
    const link = document.querySelector<HTMLAnchorElement>(`[data-result="${which}"]`);
    link?.click();
    return link !== null;
  };

  const views = Object.fromEntries(
    Object.entries(VIEW_KEYS).map(([key, view]) => [
      `v ${key}`,
      () => patch({ view: view === 'timeline' ? undefined : view }, { push: true }),
    ]),
  );
  const levels = Object.fromEntries(
    Array.from({ length: 9 }, (_, i) => [`Alt+${i + 1}`, () => patch({ depth: String(i + 1) })]),
  );
  useShortcuts({
    ...views,
    ...levels,
    'Alt+0': () => patch({ depth: undefined }),
    '/': () => {
      const input = document.getElementById(FIND_INPUT_ID);
      input?.focus();
      return input !== null;
    },
    n: () => {
      if (found === undefined || found.length === 0) return false;
      go(nextMatch(found, Number.isNaN(selected) ? -1 : rowOf(selected), 1));
      return true;
    },
    N: () => {
      if (found === undefined || found.length === 0) return false;
      go(nextMatch(found, Number.isNaN(selected) ? trace.count : rowOf(selected), -1));
      return true;
    },
    e: () => step(row => ((trace.flags[row] as number) & ERROR) !== 0, 1),
    E: () => step(row => ((trace.flags[row] as number) & ERROR) !== 0, -1),
    p: () => {
      if (path === undefined) return false;
      step(row => (path.perRow[row] as number) > 0, -1);
      return true;
    },
    w: () => zoom.zoomBy(0.7),
    W: () => zoom.zoomBy(0.3),
    s: () => zoom.zoomBy(1 / 0.7),
    S: () => zoom.zoomBy(1 / 0.3),
    '+': () => zoom.zoomBy(0.5),
    '=': () => zoom.zoomBy(0.5),
    '-': () => zoom.zoomBy(2),
    '0': () => zoom.reset(),
    a: () => zoom.panBy(-0.1),
    A: () => zoom.panBy(-0.5),
    d: () => zoom.panBy(0.1),
    D: () => zoom.panBy(0.5),
    f: withRow(row => zoom.fit(trace.start[row] as number, trace.duration[row] as number)),
    F: withRow(row => patch({ root: text.id(row) }, { push: true })),
    c: () => patch({ cp: state.criticalPath ? undefined : '1' }),
    r: () => patch({ group: state.group ? '0' : undefined }),
    m: () => {
      if (state.view !== 'timeline') return false;
      const at = pointerTime(zoom) ?? (Number.isNaN(selected) ? undefined : trace.start[rowOf(selected)]);
      if (at === undefined) return false;
      patch(measurePatch(state.measure, at));
      return true;
    },
    M: () => patch({ measure: undefined }),
    x: withRow(row => {
      patch({ pin: state.pin === text.id(row) ? undefined : text.id(row) });
      setOpen(true);
    }),
    y: () => void copyText(location.href),
    Y: withRow(row => void copyText(spanSummary(context, row))),
    '[': resultLink('previous'),
    ']': resultLink('next'),
    Escape: () => {
      if (open) setOpen(false);
      else if (state.root !== '') patch({ root: undefined });
      else if (!zoom.isWhole) zoom.reset();
      else return false;
      document.getElementById(TIMELINE_ID)?.focus({ preventScroll: true });
      return true;
    },
  });

  return event => moveInTree(event, keys, select, setOpen);
}

/** Time below the pointer, µs, while it is over the bars; a point of the keyboard is the start of the chosen span. */
function pointerTime(zoom: PageContext['zoom']): number | undefined {
  const axis = document.querySelector(`#${TIMELINE_ID} [role=row]:hover > :last-child`);
  const rect = axis?.getBoundingClientRect();
  if (rect === undefined || lastPointerX < rect.left || lastPointerX > rect.right) return undefined;
  const { from, to } = zoom.window;
  return from + ((lastPointerX - rect.left) / rect.width) * (to - from);
}

/** Key events do not say where the pointer is. */
let lastPointerX = -1;
document.addEventListener(
  'pointermove',
  event => {
    lastPointerX = event.clientX;
  },
  { passive: true },
);

/** Arrow keys and friends, by the treegrid pattern. */
function moveInTree(
  event: React.KeyboardEvent,
  { context, rows }: TraceKeys,
  select: (entry: number) => void,
  setOpen: (open: boolean) => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { trace, repeats } = context.opened;
  const list = rows.rows;
  if (list.length === 0) return;
  const entry = context.selected;
  const at = Number.isNaN(entry) ? -1 : list.indexOf(entry);
  const to = (index: number): void => select(list[Math.max(0, Math.min(list.length - 1, index))] as number);
  const page = Math.max(1, Math.floor((event.currentTarget.clientHeight / 22) * 0.9));
  const closed = (e: number): boolean =>
    isGroup(e) ? rows.openGroups[groupOfEntry(e)] !== 1 : rows.collapsed[e] === 1;
  const parent = (e: number): boolean => isGroup(e) || (trace.size[e] as number) > 1;
  let handled = true;
  switch (event.key) {
    case 'ArrowDown':
    case 'j':
      to(at + 1);
      break;
    case 'ArrowUp':
    case 'k':
      to(at < 0 ? 0 : at - 1);
      break;
    case 'Home':
      to(0);
      break;
    case 'End':
      to(list.length - 1);
      break;
    case 'PageDown':
      to(at + page);
      break;
    case 'PageUp':
      to(at - page);
      break;
    case 'ArrowRight':
      if (at < 0) to(0);
      else if (event.shiftKey && !isGroup(entry)) rows.setSubtree(entry, false);
      else if (parent(entry) && closed(entry)) rows.setCollapsed(entry, false);
      else if (parent(entry)) to(at + 1);
      break;
    case 'ArrowLeft':
      if (at < 0) to(0);
      else if (event.shiftKey && !isGroup(entry)) rows.setSubtree(entry, true);
      else if (parent(entry) && !closed(entry)) rows.setCollapsed(entry, true);
      else {
        const row = isGroup(entry) ? (repeats.members[groupStart(repeats, groupOfEntry(entry))] as number) : entry;
        const group = isGroup(entry) ? -1 : (repeats.groupOf[row] as number);
        const groupEntry = group >= 0 ? list.indexOf(-1 - group) : -1;
        const above = trace.parent[row] as number;
        if (groupEntry >= 0) to(groupEntry);
        else if (above >= 0 && list.includes(above)) select(above);
      }
      break;
    case '*': {
      if (at < 0) break;
      const row = isGroup(entry) ? (repeats.members[groupStart(repeats, groupOfEntry(entry))] as number) : entry;
      const above = trace.parent[row] as number;
      for (
        let i = above < 0 ? 0 : above + 1;
        i < trace.count && trace.parent[i] === above;
        i += trace.size[i] as number
      )
        rows.collapsed[i] = 0;
      rows.setCollapsed(entry, false);
      break;
    }
    case 'Enter':
    case ' ':
      if (at < 0) to(0);
      setOpen(true);
      break;
    default:
      handled = false;
  }
  if (handled) {
    event.preventDefault();
    event.stopPropagation();
  }
}
