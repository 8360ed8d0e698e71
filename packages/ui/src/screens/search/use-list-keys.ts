import type { TraceSummary } from '@tracekin/model';
import type { RefObject } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';

export interface ListKeys {
  readonly traces: readonly TraceSummary[];
  readonly onMark: (traceId: string) => void;
  readonly onExpand: (traceId: string) => void;
  readonly onCompare: () => void;
  /** Brings a row that is not drawn into the page. */
  readonly scrollTo: (index: number) => void;
}

/** `j` `k` and the arrows move between the links of the rows; Enter opens, being a link; `x` marks, `o` unfolds. */
export function useListKeys(
  table: RefObject<HTMLTableElement | null>,
  { traces, onMark, onExpand, onCompare, scrollTo }: ListKeys,
): void {
  const current = (): number => {
    const row = document.activeElement?.closest('tr[data-index]');
    return row !== null && row !== undefined && table.current?.contains(row)
      ? Number(row.getAttribute('data-index'))
      : -1;
  };
  const focus = (index: number): boolean => {
    const trace = traces[Math.max(0, Math.min(traces.length - 1, index))];
    if (trace === undefined) return false;
    const find = (): HTMLElement | null | undefined =>
      table.current?.querySelector<HTMLElement>(`a[data-trace="${CSS.escape(trace.traceId)}"]`);
    if (find() === null) {
      scrollTo(index);
      requestAnimationFrame(() => requestAnimationFrame(() => find()?.focus()));
    } else find()?.focus();
    return true;
  };
  const inList = (act: (traceId: string) => void) => (): boolean => {
    const trace = traces[current()];
    if (trace === undefined) return false;
    act(trace.traceId);
    return true;
  };
  const arrow = (step: number) => (): boolean => current() >= 0 && focus(current() + step);
  useShortcuts({
    j: () => focus(current() + 1),
    k: () => focus(Math.max(0, current() - 1)),
    ArrowDown: arrow(1),
    ArrowUp: arrow(-1),
    x: inList(onMark),
    o: inList(onExpand),
    X: onCompare,
  });
}
