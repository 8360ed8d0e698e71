import { first, type PropagationFormat } from './format.ts';
import { parseSpanId, parseTraceId } from './hex-id.ts';

/**
 * As the specification spells the headers. HTTP does not care, but some receivers copy headers into a plain dictionary and then
 * look for these.
 */
export const B3_SPELLING: Readonly<Record<string, string>> = {
  'x-b3-traceid': 'X-B3-TraceId',
  'x-b3-spanid': 'X-B3-SpanId',
  'x-b3-parentspanid': 'X-B3-ParentSpanId',
  'x-b3-sampled': 'X-B3-Sampled',
  'x-b3-flags': 'X-B3-Flags',
};

/** B3 in up to five headers, what every Zipkin client of the past reads (zipkin.md 7.6). */
export const b3Multi: PropagationFormat = {
  fields: ['x-b3-traceid', 'x-b3-spanid', 'x-b3-parentspanid', 'x-b3-sampled', 'x-b3-flags'],

  extract(carrier, get) {
    const trace = first(carrier, get, 'x-b3-traceid');
    const flags = first(carrier, get, 'x-b3-flags');
    const state = first(carrier, get, 'x-b3-sampled');
    const debug = flags === '1';
    const sampled = debug ? true : parseSampled(state);
    const span = trace === undefined ? undefined : first(carrier, get, 'x-b3-spanid');
    if (trace !== undefined && span !== undefined) {
      const traceId = parseTraceId(trace.trim());
      const spanId = parseSpanId(span.trim());
      if (traceId !== undefined && spanId !== undefined) {
        const parent = first(carrier, get, 'x-b3-parentspanid');
        const parentId = parent === undefined ? undefined : parseSpanId(parent.trim());
        return { traceId, spanId, parentId, sampled, debug, joinable: true };
      }
    }
    return sampled === undefined ? undefined : { sampled, debug };
  },

  inject(context, carrier, set) {
    set(carrier, 'x-b3-traceid', context.traceId);
    set(carrier, 'x-b3-spanid', context.spanId);
    if (context.parentId !== undefined) set(carrier, 'x-b3-parentspanid', context.parentId);
    // Debug implies sampled, and the specification says to send one of the two.
    if (context.debug) set(carrier, 'x-b3-flags', '1');
    else set(carrier, 'x-b3-sampled', context.sampled ? '1' : '0');
  },
};

function parseSampled(value: string | undefined): boolean | undefined {
  if (value === '1' || value === 'true') return true;
  if (value === '0' || value === 'false') return false;
  return undefined;
}
