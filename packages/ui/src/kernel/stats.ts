import type { CriticalPath } from './critical-path.ts';
import type { Records } from './records.ts';
import { tagValues } from './tag-column.ts';
import { ERROR, type Trace, type TraceSource } from './trace.ts';

/** One line of the statistics; times in µs. */
export interface StatsRow {
  /** Service, span name or tag value; empty when the rows have none. */
  readonly label: string;
  /** Of a group within a group. */
  readonly within: string | undefined;
  readonly count: number;
  readonly errors: number;
  readonly total: number;
  readonly self: number;
  readonly average: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Part of the critical path, 0 to 1. */
  readonly criticalShare: number;
  /** A row of the trace to go to: the longest. */
  readonly longest: number;
}

export type StatsBy = { readonly by: 'service' | 'name' | 'operation' } | { readonly by: 'tag'; readonly key: string };

export interface StatsInput {
  readonly trace: Trace;
  readonly source: TraceSource;
  readonly records: Records;
  readonly self: Float64Array;
  readonly path: CriticalPath;
}

/**
 * Rows grouped and summed, the largest self time first. A row without the tag is in the group with the empty label.
 * @param within groups each group once more
 */
export function traceStats(input: StatsInput, by: StatsBy, within?: StatsBy): StatsRow[] {
  const { trace, self, path } = input;
  const outer = grouping(input, by);
  const inner = within === undefined ? undefined : grouping(input, within);
  const members = new Map<string, number[]>();
  for (let i = 0; i < trace.count; i++) {
    const key = inner === undefined ? String(outer.keyOf(i)) : `${outer.keyOf(i)} ${inner.keyOf(i)}`;
    const rows = members.get(key);
    if (rows === undefined) members.set(key, [i]);
    else rows.push(i);
  }
  const result: StatsRow[] = [];
  for (const rows of members.values()) {
    const [example = 0] = rows;
    const durations = Float64Array.from(rows, row => trace.duration[row] as number).sort();
    let total = 0;
    let selfTotal = 0;
    let critical = 0;
    let errors = 0;
    let longest = rows[0] as number;
    for (const row of rows) {
      total += trace.duration[row] as number;
      selfTotal += self[row] as number;
      critical += path.perRow[row] as number;
      if (((trace.flags[row] as number) & ERROR) !== 0) errors++;
      if ((trace.duration[row] as number) > (trace.duration[longest] as number)) longest = row;
    }
    result.push({
      label: outer.labelOf(outer.keyOf(example)),
      within: inner?.labelOf(inner.keyOf(example)),
      count: rows.length,
      errors,
      total,
      self: selfTotal,
      average: total / rows.length,
      p50: percentile(durations, 0.5),
      p95: percentile(durations, 0.95),
      max: durations[durations.length - 1] as number,
      criticalShare: path.total === 0 ? 0 : critical / path.total,
      longest,
    });
  }
  return result.sort((a, b) => b.self - a.self || b.total - a.total || (a.label < b.label ? -1 : 1));
}

/** Tag keys that some row has, the most frequent first. */
export function tagKeys(records: Records, source: TraceSource): string[] {
  const counts = new Int32Array(records.keys.strings.length);
  for (const record of source.pieces) {
    for (let t = record === 0 ? 0 : records.tagEnd.at(record - 1); t < records.tagEnd.at(record); t++) {
      const key = records.tagKey.at(t);
      counts[key] = (counts[key] as number) + 1;
    }
  }
  return [...counts.keys()]
    .filter(key => (counts[key] as number) > 0)
    .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
    .map(key => records.keys.strings[key] as string);
}

/** Nearest rank: the smallest value that at least that part of all values do not exceed. */
function percentile(sorted: Float64Array, part: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] as number;
}

function grouping(
  { trace, source, records }: StatsInput,
  by: StatsBy,
): { keyOf: (row: number) => number; labelOf: (key: number) => string } {
  const services = records.services.strings;
  const names = records.names.strings;
  switch (by.by) {
    case 'service':
      return { keyOf: row => trace.service[row] as number, labelOf: key => services[key] ?? '' };
    case 'name':
      return { keyOf: row => trace.name[row] as number, labelOf: key => names[key] ?? '' };
    case 'operation': {
      const width = names.length + 1;
      return {
        keyOf: row => ((trace.service[row] as number) + 1) * width + (trace.name[row] as number) + 1,
        labelOf: key => `${services[Math.floor(key / width) - 1] ?? ''} ${names[(key % width) - 1] ?? ''}`.trim(),
      };
    }
    case 'tag': {
      const valueNumber = tagValues(records, source, trace.count, by.key);
      return { keyOf: row => valueNumber[row] as number, labelOf: number => records.values.strings[number] ?? '' };
    }
    default:
      return by satisfies never;
  }
}
