import { groupStart } from '../../kernel/repeats.ts';
import { type RowText, rowOfSpan } from '../../kernel/row-text.ts';
import { groupOfEntry, isGroup } from '../../kernel/rows.ts';
import type { OpenedTrace } from '../../kernel/session.ts';
import { parseSpanId } from '../../kernel/span-id.ts';

/** The row of a span id in the address, -1 when it is not there. */
export function rowOf(opened: OpenedTrace, spanId: string): number {
  const id = { hi: 0, lo: 0 };
  return spanId !== '' && parseSpanId(spanId, id) ? rowOfSpan(opened.trace, id.hi, id.lo) : -1;
}

const GROUP = 'group:';

/** A row or a group of repeats from the address, NaN for none. */
export function entryOf(opened: OpenedTrace, span: string): number {
  const row = rowOf(opened, span.startsWith(GROUP) ? span.slice(GROUP.length) : span);
  if (row < 0) return Number.NaN;
  const group = opened.repeats.groupOf[row] as number;
  return span.startsWith(GROUP) && group >= 0 ? -1 - group : row;
}

/** What the address says for a row or group. */
export function spanParam(opened: OpenedTrace, text: RowText, entry: number): string | undefined {
  if (Number.isNaN(entry)) return undefined;
  if (!isGroup(entry)) return entry < opened.trace.count ? text.id(entry) : undefined;
  const group = groupOfEntry(entry);
  if (group >= opened.repeats.count) return undefined;
  return GROUP + text.id(opened.repeats.members[groupStart(opened.repeats, group)] as number);
}
