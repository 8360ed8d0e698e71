import { useCallback, useMemo, useRef, useState } from 'react';
import { groupOfEntry, isGroup, type VisibleRows, visibleRows } from '../../kernel/rows.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import type { TimeWindow } from '../../render/zoom.ts';

export interface RowsState {
  readonly rows: VisibleRows;
  readonly collapsed: Uint8Array;
  readonly openGroups: Uint8Array;
  /** Grows with each change of what is collapsed; the arrays stay the same. */
  readonly version: number;
  toggle(entry: number): void;
  setCollapsed(entry: number, closed: boolean): void;
  /** All rows of a subtree, or of the trace for -1. */
  setSubtree(row: number, closed: boolean): void;
  /** Opens every ancestor and the group of a row. */
  reveal(row: number): void;
}

/** What is collapsed, and the rows that are left. Collapsing is not part of the address: it would not fit. */
export function useRows(
  opened: OpenedTrace,
  options: {
    readonly root: number;
    readonly levels: number;
    readonly group: boolean;
    readonly hiddenServices: Uint8Array | undefined;
    readonly matches: Uint8Array | undefined;
    readonly window: TimeWindow | undefined;
  },
): RowsState {
  const { trace, repeats } = opened;
  const { root, levels, group, hiddenServices, matches, window } = options;
  const arrays = useRef<{ for: OpenedTrace; collapsed: Uint8Array; openGroups: Uint8Array } | undefined>(undefined);
  if (arrays.current?.for !== opened) {
    const before = arrays.current;
    // After a correction of clocks the rows may be others; after "update" there are more: start anew unless they are the same.
    const same =
      before !== undefined && before.for.trace.count === trace.count && before.for.repeats.count === repeats.count;
    arrays.current = {
      for: opened,
      collapsed: same ? before.collapsed : new Uint8Array(trace.count),
      openGroups: same ? before.openGroups : new Uint8Array(repeats.count),
    };
  }
  const { collapsed, openGroups } = arrays.current;
  const [version, setVersion] = useState(0);
  const changed = useCallback(() => setVersion(before => before + 1), []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` stands for the contents of the arrays
  const rows = useMemo(
    () =>
      visibleRows(trace, {
        root,
        levels,
        collapsed,
        hiddenServices,
        matches,
        window,
        repeats: group ? repeats : undefined,
        openGroups,
      }),
    [trace, repeats, root, levels, group, hiddenServices, matches, window, collapsed, openGroups, version],
  );

  return useMemo(
    () => ({
      rows,
      collapsed,
      openGroups,
      version,
      toggle(entry) {
        if (isGroup(entry)) openGroups[groupOfEntry(entry)] = 1 - (openGroups[groupOfEntry(entry)] as number);
        else collapsed[entry] = 1 - (collapsed[entry] as number);
        changed();
      },
      setCollapsed(entry, closed) {
        if (isGroup(entry)) openGroups[groupOfEntry(entry)] = closed ? 0 : 1;
        else collapsed[entry] = closed ? 1 : 0;
        changed();
      },
      setSubtree(row, closed) {
        const from = Math.max(0, row);
        const to = row < 0 ? trace.count : row + (trace.size[row] as number);
        // The roots stay open when all is collapsed, or nothing would be left to see.
        for (let i = from; i < to; i++)
          collapsed[i] =
            closed && (trace.size[i] as number) > 1 && (row >= 0 || (trace.depth[i] as number) > 0) ? 1 : 0;
        if (!closed && row < 0) openGroups.fill(0);
        changed();
      },
      reveal(row) {
        let any = false;
        for (let at = row; at >= 0; at = trace.parent[at] as number) {
          const of = repeats.groupOf[at] as number;
          if (group && of >= 0 && openGroups[of] === 0) {
            openGroups[of] = 1;
            any = true;
          }
          if (at !== row && collapsed[at] === 1) {
            collapsed[at] = 0;
            any = true;
          }
        }
        if (any) changed();
      },
    }),
    [rows, collapsed, openGroups, version, trace, repeats, group, changed],
  );
}
