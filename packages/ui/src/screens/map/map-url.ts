import type { SearchParams } from '../../app/search-params.ts';

export const LAYOUTS = ['map', 'matrix', 'table'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** The address of the map. Lens writes `startTime` and `endTime`; the rest is ours. */
export interface MapState {
  /** Milliseconds since the epoch; absent means the last 24 hours until now. */
  readonly window: { readonly startTime: number; readonly endTime: number } | undefined;
  readonly focus: string | undefined;
  /** 1 to 9; Infinity for all that is connected. */
  readonly hops: number;
  readonly layout: Layout | undefined;
}

export const DEFAULT_HOPS = 2;

export function readMapState(params: SearchParams): MapState {
  const startTime = epoch(params['startTime']);
  const endTime = epoch(params['endTime']);
  const { focus, hops } = params;
  return {
    window:
      startTime !== undefined && endTime !== undefined && startTime < endTime ? { startTime, endTime } : undefined,
    focus: focus === undefined || focus === '' ? undefined : focus.toLowerCase(),
    hops: hops === 'all' ? Number.POSITIVE_INFINITY : /^[1-9]$/.test(hops ?? '') ? Number(hops) : DEFAULT_HOPS,
    layout: LAYOUTS.find(layout => layout === params['layout']),
  };
}

function epoch(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
