import type { SearchParams } from '../../app/search-params.ts';
import type { SearchPatch } from '../../app/use-search-params.ts';
import type { TimeWindow } from '../../render/zoom.ts';
import { type Measure, readMeasure } from './measure.ts';

export const VIEWS = ['timeline', 'flame', 'table', 'stats', 'map', 'events', 'json'] as const;
export type View = (typeof VIEWS)[number];

export const DOCKS = ['right', 'bottom'] as const;
export type Dock = (typeof DOCKS)[number];

/** Everything a link to a trace can say. */
export interface TraceState {
  readonly view: View;
  /** Span id, or `group:` and the id of the first member for a row of repeats; empty for none. */
  readonly span: string;
  /** Id of the span whose subtree is shown. */
  readonly root: string;
  /** µs from the trace start. */
  readonly zoom: TimeWindow | undefined;
  readonly find: string;
  readonly only: boolean;
  /** Services that are shown alone, or hidden. */
  readonly services: { readonly mode: 'only' | 'without'; readonly names: readonly string[] } | undefined;
  readonly criticalPath: boolean;
  readonly group: boolean;
  /** Levels shown, 0 for all. */
  readonly levels: number;
  readonly rawClocks: boolean;
  /** Hide what lies outside of the zoom window. */
  readonly inWindow: boolean;
  /** Key of the tag that bars are coloured by; empty for the service. */
  readonly color: string;
  /** Keys of the tags that have a column in the table. */
  readonly columns: readonly string[];
  /** Id of the span whose details stay beside those of the chosen one. */
  readonly pin: string;
  /** Where the details stand; undefined when the address does not say. */
  readonly dock: Dock | undefined;
  readonly measure: Measure | undefined;
}

/** Reads the address. Values that make no sense count as absent: a link is never an error. */
export function readTraceState(search: SearchParams, hash: string): TraceState {
  const view = search['view'] as View | undefined;
  return {
    view: view !== undefined && VIEWS.includes(view) ? view : 'timeline',
    span: search['span'] ?? spanOfHash(hash),
    root: search['root'] ?? '',
    zoom: readZoom(search['zoom']),
    find: search['find'] ?? '',
    only: search['only'] === '1',
    services: readServices(search['svc']),
    criticalPath: search['cp'] === '1',
    group: search['group'] !== '0',
    levels: Math.max(0, Math.trunc(Number(search['depth'] ?? 0)) || 0),
    rawClocks: search['skew'] === 'raw',
    inWindow: search['window'] === '1',
    color: search['color']?.startsWith('tag:') === true ? search['color'].slice('tag:'.length) : '',
    columns: readList(search['cols']),
    pin: search['pin'] ?? '',
    dock: DOCKS.find(dock => dock === search['dock']),
    measure: readMeasure(search['measure']),
  };
}

/** `/traces/{id}#{spanId}` */
function spanOfHash(hash: string): string {
  const id = hash.replace(/^#/, '');
  return /^[0-9a-f]{1,16}$/.test(id) ? id : '';
}

function readZoom(text: string | undefined): TimeWindow | undefined {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? '');
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2]);
  return to > from ? { from, to } : undefined;
}

export function zoomPatch(window: TimeWindow, whole: boolean): SearchPatch {
  return { zoom: whole ? undefined : `${Math.round(window.from * 10) / 10}-${Math.round(window.to * 10) / 10}` };
}

/** `a,b` shows only these, `-a,b` all others. Names may hold commas: they are escaped. */
function readServices(text: string | undefined): TraceState['services'] {
  if (text === undefined || text === '' || text === '-') return undefined;
  const without = text.startsWith('-');
  const names = readList(without ? text.slice(1) : text);
  return names.length === 0 ? undefined : { mode: without ? 'without' : 'only', names };
}

export function servicesPatch(services: TraceState['services']): SearchPatch {
  if (services === undefined || services.names.length === 0) return { svc: undefined };
  const names = services.names.map(name => name.replaceAll('%', '%25').replaceAll(',', '%2C').replace(/^-/, '%2D'));
  return { svc: `${services.mode === 'without' ? '-' : ''}${names.join(',')}` };
}

/** Names with commas between them; commas and percent signs in a name are escaped. */
function readList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map(decode)
    .filter(name => name !== '');
}

export function columnsPatch(keys: readonly string[]): SearchPatch {
  const names = keys.map(key => key.replaceAll('%', '%25').replaceAll(',', '%2C'));
  return { cols: names.length === 0 ? undefined : names.join(',') };
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
