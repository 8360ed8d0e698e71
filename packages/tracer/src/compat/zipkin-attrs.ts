import { newSpanId, newTraceId } from '../id-pool.ts';
import { B3_SPELLING, b3Multi } from '../propagation/b3-multi.ts';
import { formatB3 } from '../propagation/b3-single.ts';
import type { Extracted } from '../propagation/format.ts';
import { Propagation } from '../propagation/propagation.ts';
import { boundarySampler } from '../sampler/boundary.ts';
import { currentContext } from '../scope.ts';
import { TraceContext } from '../trace-context.ts';

/** py_zipkin's `ZipkinAttrs`: the identity of a span. */
export interface ZipkinAttrs {
  /** 16 or 32 lower-hex characters. */
  readonly traceId: string;
  /** 16 lower-hex characters. */
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  /** `'1'`: debug. Unlike py_zipkin's, it is propagated. */
  readonly flags?: string | undefined;
  readonly isSampled: boolean;
}

/** `generate_random_64bit_string`: 16 lower-hex characters. */
export function generateRandom64bitString(): string {
  return newSpanId();
}

/** `generate_random_128bit_string`: 32 lower-hex characters, of which the first 8 are the epoch second. */
export function generateRandom128bitString(): string {
  return newTraceId(128, true);
}

/** How {@link createAttrsForSpan} makes ids and decides. */
export interface CreateAttrsOptions {
  /** Percent, 0 to 100. Default 100. */
  readonly sampleRate?: number | undefined;
  readonly traceId?: string | undefined;
  readonly spanId?: string | undefined;
  readonly use128bitTraceId?: boolean | undefined;
}

/** `create_attrs_for_span`: attributes of a span that starts a trace. */
export function createAttrsForSpan(options: CreateAttrsOptions = {}): ZipkinAttrs {
  const traceId =
    options.traceId ?? (options.use128bitTraceId ? generateRandom128bitString() : generateRandom64bitString());
  return {
    traceId,
    spanId: options.spanId ?? newSpanId(),
    flags: '0',
    isSampled: boundarySampler((options.sampleRate ?? 100) / 100).isSampled(traceId),
  };
}

const propagation = new Propagation();

/**
 * `extract_zipkin_attrs_from_headers`: reads `b3`, `X-B3-*` and, unlike py_zipkin, `traceparent` and X-Ray. Header names are
 * compared without case. Undefined where a decision not to sample came without ids; new attributes where nothing came.
 */
export function extractZipkinAttrsFromHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  options: CreateAttrsOptions = {},
): ZipkinAttrs | undefined {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const extracted = propagation.extract(lower, (carrier, name) => carrier[name]);
  if (extracted?.traceId === undefined || extracted.spanId === undefined) {
    if (extracted?.sampled === false) return undefined;
    return { ...createAttrsForSpan(options), ...(extracted?.sampled && { isSampled: true }) };
  }
  const { traceId, spanId, parentId, sampled, debug } = extracted;
  const isSampled = sampled ?? createAttrsForSpan({ ...options, traceId }).isSampled;
  return { traceId, spanId, parentSpanId: parentId, flags: debug ? '1' : '0', isSampled };
}

/** `create_http_headers`: `X-B3-*` of the current span; none outside of a trace. */
export function createHttpHeaders(): Record<string, string> {
  const context = currentContext();
  return context === undefined ? {} : headersOf(context);
}

/**
 * `create_http_headers_for_new_span`: `X-B3-*` with a new span id below the current span. Prefer a CLIENT span around the call:
 * no span is recorded for this id.
 */
export function createHttpHeadersForNewSpan(): Record<string, string> {
  const context = currentContext();
  if (context === undefined) return {};
  const { traceId, spanId, sampled, debug } = context;
  return headersOf(new TraceContext({ traceId, spanId: newSpanId(), parentId: spanId, sampled, debug }));
}

/** The `b3` header of the current span; undefined outside of a trace. */
export function createB3Header(): string | undefined {
  const context = currentContext();
  return context === undefined ? undefined : formatB3(context);
}

/** @internal */
export function toExtracted(attrs: ZipkinAttrs): Extracted {
  const { traceId, spanId, parentSpanId: parentId, isSampled, flags } = attrs;
  return { traceId, spanId, parentId, sampled: isSampled, debug: flags === '1', joinable: true };
}

function headersOf(context: TraceContext): Record<string, string> {
  const headers: Record<string, string> = {};
  b3Multi.inject(context, headers, (carrier, name, value) => {
    carrier[B3_SPELLING[name]!] = value;
  });
  return headers;
}
