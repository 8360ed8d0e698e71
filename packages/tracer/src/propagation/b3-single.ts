import type { TraceContext } from '../trace-context.ts';
import { type Extracted, first, type PropagationFormat } from './format.ts';
import { parseSpanId, parseTraceId } from './hex-id.ts';

/** The value of a `b3` header: `{traceId}-{spanId}-{0|1|d}[-{parentId}]` (zipkin.md 7.6). */
export function formatB3(context: TraceContext): string {
  const state = context.debug ? 'd' : context.sampled ? '1' : '0';
  const head = `${context.traceId}-${context.spanId}-${state}`;
  return context.parentId === undefined ? head : `${head}-${context.parentId}`;
}

/** Reads `b3`: the long form, the form without a decision, or a decision alone. Undefined if malformed. */
export function parseB3(value: string): Extracted | undefined {
  // The longest valid value has 32 + 16 + 1 + 16 characters and three hyphens.
  if (value.length > 68) return undefined;
  const parts = value.split('-');
  if (parts.length === 1) return decision(parts[0]!);
  const traceId = parseTraceId(parts[0]!);
  const spanId = parseSpanId(parts[1]!);
  if (traceId === undefined || spanId === undefined || parts.length > 4) return undefined;
  let parentId: string | undefined;
  let state: Extracted | undefined;
  if (parts.length === 3 && parts[2]!.length === 16) {
    parentId = parseSpanId(parts[2]!);
  } else if (parts.length >= 3) {
    state = decision(parts[2]!);
    if (state === undefined) return undefined;
    if (parts.length === 4) parentId = parseSpanId(parts[3]!);
  }
  return { traceId, spanId, parentId, sampled: state?.sampled, debug: state?.debug === true, joinable: true };
}

function decision(state: string): Extracted | undefined {
  switch (state) {
    case '1':
    case 'true':
      return { sampled: true };
    case '0':
    case 'false':
      return { sampled: false };
    case 'd':
      return { sampled: true, debug: true };
    default:
      return undefined;
  }
}

/** B3 in one header. */
export const b3Single: PropagationFormat = {
  fields: ['b3'],
  extract(carrier, get) {
    const value = first(carrier, get, 'b3');
    return value === undefined ? undefined : parseB3(value.trim());
  },
  inject(context, carrier, set) {
    set(carrier, 'b3', formatB3(context));
  },
};
