import { first, type PropagationFormat } from './format.ts';
import { parseSpanId, parseTraceId } from './hex-id.ts';

/** `version-traceid-parentid-flags`; versions after 00 may append more fields, ff is invalid. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const MAX_TRACESTATE_CHARS = 512;
const NO_HIGH_BITS = '0'.repeat(16);

/** W3C Trace Context: `traceparent`, and `tracestate` passed on as it came. It has no parent id, so it is never joined. */
export const w3cTraceContext: PropagationFormat = {
  fields: ['traceparent', 'tracestate'],

  extract(carrier, get) {
    const header = first(carrier, get, 'traceparent');
    if (header === undefined) return undefined;
    const match = TRACEPARENT.exec(header.trim());
    if (match === null || (match[1] === '00' && match[5] !== undefined)) return undefined;
    const traceId = parseTraceId(match[2]!);
    const spanId = parseSpanId(match[3]!);
    if (traceId === undefined || spanId === undefined) return undefined;
    const state = get(carrier, 'tracestate');
    const traceState = typeof state === 'string' ? state : state?.join(',');
    return {
      traceId,
      spanId,
      sampled: (Number.parseInt(match[4]!, 16) & 1) === 1,
      traceState: traceState && traceState.length <= MAX_TRACESTATE_CHARS ? traceState : undefined,
    };
  },

  inject(context, carrier, set) {
    const traceId = context.traceId.length === 32 ? context.traceId : NO_HIGH_BITS + context.traceId;
    set(carrier, 'traceparent', `00-${traceId}-${context.spanId}-${context.sampled ? '01' : '00'}`);
    if (context.traceState !== undefined) set(carrier, 'tracestate', context.traceState);
  },
};
