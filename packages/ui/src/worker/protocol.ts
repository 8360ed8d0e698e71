import type { Locale } from '../i18n/locales.ts';
import type { DiffSide, TraceDiff } from '../kernel/compare.ts';
import type { CriticalPath } from '../kernel/critical-path.ts';
import type { SpanDetail } from '../kernel/detail.ts';
import type { FileFormat } from '../kernel/files/open-file.ts';
import type { Flame } from '../kernel/flame.ts';
import type { OpenedTrace, SortColumn, TraceEvents, TraceListing } from '../kernel/session.ts';
import type { StatsBy, StatsRow } from '../kernel/stats.ts';
import type { TagColumn } from '../kernel/tag-column.ts';

/** What became of asking a server for a trace. */
export type LoadResult =
  | { readonly ok: true; readonly spans: number; readonly bytes: number; readonly arrivedAt: number }
  /** The server answered something else than 200; `body` is the beginning of what it said. */
  | { readonly ok: false; readonly status: number; readonly body: string };

/** Everything that can be asked of the worker: name, arguments, answer. One table for both sides. */
export interface TraceCalls {
  /** Makes formatters, so that the main thread, which draws with them, has its own sooner. */
  prepareFormats: { args: [locale: Locale, timeZone: string]; result: undefined };
  load: { args: [url: string]; result: LoadResult };
  loadFile: { args: [bytes: Uint8Array]; result: { format: FileFormat; traces: TraceListing[] } };
  /** Asks again and keeps the answer aside; `added` is how many more spans were reported. */
  refresh: { args: [url: string]; result: { added: number } };
  /** Makes what `refresh` brought the opened body. */
  applyRefresh: { args: []; result: undefined };
  build: { args: [options: { rawClocks: boolean; traceId?: string }]; result: OpenedTrace };
  find: { args: [text: string]; result: { rows: Int32Array; error: string } };
  detail: { args: [row: number]; result: SpanDetail };
  criticalPath: { args: []; result: CriticalPath };
  stats: { args: [by: StatsBy, within?: StatsBy]; result: StatsRow[] };
  tagColumn: { args: [key: string]; result: TagColumn };
  tagKeys: { args: []; result: string[] };
  flame: { args: [mode: 'time' | 'heavy']; result: Flame };
  sandwich: { args: [service: number, name: number]; result: { above: Flame; below: Flame } };
  paths: { args: []; result: DiffSide };
  /** This trace as A, the other as B. */
  compare: { args: [other: DiffSide]; result: TraceDiff };
  events: { args: []; result: TraceEvents };
  sort: { args: [column: SortColumn, descending: boolean]; result: Int32Array };
  json: { args: [from: number, to: number]; result: string };
  download: { args: []; result: Uint8Array };
}

export type CallName = keyof TraceCalls;

export type Request = {
  [N in CallName]: { readonly id: number; readonly call: N; readonly args: TraceCalls[N]['args'] };
}[CallName];

export type Reply =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly message: string }
  /** Bytes read so far of the body being loaded. */
  | { readonly id: -1; readonly bytes: number; readonly spans: number };
