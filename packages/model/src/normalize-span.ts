import { normalizeAnnotations } from './annotations.ts';
import { type EndpointInput, normalizeEndpoint } from './endpoint.ts';
import { TracekinError } from './error.ts';
import { normalizeParentId, normalizeSpanId, normalizeTraceId } from './ids.ts';
import { normalizeName } from './lower-case.ts';
import type { Annotation, Endpoint, Kind, Span } from './span.ts';
import { normalizeTags } from './tags.ts';

/** A span as a client sent it. Null means absent wherever a field is optional. */
export interface SpanInput {
  readonly traceId: string;
  readonly id: string;
  readonly parentId?: string | null | undefined;
  readonly kind?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly timestamp?: number | null | undefined;
  readonly duration?: number | null | undefined;
  readonly localEndpoint?: EndpointInput | null | undefined;
  readonly remoteEndpoint?: EndpointInput | null | undefined;
  readonly annotations?: readonly Annotation[] | null | undefined;
  readonly tags?: Readonly<Record<string, string>> | null | undefined;
  readonly debug?: boolean | null | undefined;
  readonly shared?: boolean | null | undefined;
}

/** The kind of that name; throws `invalid-argument` with Zipkin's text for another one, lower case included. */
export function parseKind(name: string): Kind {
  if (name === 'CLIENT' || name === 'SERVER' || name === 'PRODUCER' || name === 'CONSUMER') return name;
  throw new TracekinError('invalid-argument', `No enum constant zipkin2.Span.Kind.${name.slice(0, 64)}`);
}

/**
 * A timestamp or a duration in microseconds; 0 and less mean unknown. Throws `invalid-argument` for a fraction and above
 * 2^53, which a number cannot hold exactly: refused rather than rounded.
 */
export function normalizeMicros(field: string, micros: number | null | undefined): number | undefined {
  if (micros === undefined || micros === null || micros <= 0) return undefined;
  if (!Number.isSafeInteger(micros)) {
    throw new TracekinError(
      'invalid-argument',
      `${field} should be an integer of microseconds below 2^53: was ${micros}`,
    );
  }
  return micros;
}

/**
 * A span from normal parts, fields in the order in which Zipkin writes them and absent ones left out. All arguments in one
 * place so that every decoder makes objects of few shapes.
 */
export function makeSpan(
  traceId: string,
  parentId: string | undefined,
  id: string,
  kind: Kind | undefined,
  name: string | undefined,
  timestamp: number | undefined,
  duration: number | undefined,
  localEndpoint: Endpoint | undefined,
  remoteEndpoint: Endpoint | undefined,
  annotations: readonly Annotation[] | undefined,
  tags: Readonly<Record<string, string>> | undefined,
  debug: boolean,
  shared: boolean,
): Span {
  const span = { traceId } as { -readonly [K in keyof Span]: Span[K] };
  if (parentId !== undefined) span.parentId = parentId;
  span.id = id;
  if (kind !== undefined) span.kind = kind;
  if (name !== undefined) span.name = name;
  if (timestamp !== undefined) span.timestamp = timestamp;
  if (duration !== undefined) span.duration = duration;
  if (localEndpoint !== undefined) span.localEndpoint = localEndpoint;
  if (remoteEndpoint !== undefined) span.remoteEndpoint = remoteEndpoint;
  if (annotations !== undefined) span.annotations = annotations;
  if (tags !== undefined) span.tags = tags;
  if (debug) span.debug = true;
  // A client starts its span: it cannot have joined it (zipkin.md 7.1).
  if (shared && kind !== 'CLIENT') span.shared = true;
  return span;
}

/**
 * A span by every rule of zipkin.md 7.1: see `Span` for what is normal. Throws `invalid-argument` that names the field and
 * the rule; values that Zipkin takes as "unknown" (empty names, times of 0, addresses that are none) become absent.
 * Annotations and tags that are in order already are kept, not copied.
 */
export function normalizeSpan(input: SpanInput): Span {
  // Missing ids are reported together, with the text of Zipkin's own builder.
  if (input.traceId == null || input.id == null) {
    throw new TracekinError(
      'invalid-argument',
      `Missing :${input.traceId == null ? ' traceId' : ''}${input.id == null ? ' id' : ''}`,
    );
  }
  const traceId = normalizeTraceId(input.traceId);
  const id = normalizeSpanId(input.id);
  const { parentId, kind } = input;
  return makeSpan(
    traceId,
    parentId == null ? undefined : normalizeParentId(parentId, id),
    id,
    kind == null ? undefined : parseKind(kind),
    normalizeName(input.name),
    normalizeMicros('timestamp', input.timestamp),
    normalizeMicros('duration', input.duration),
    normalizeEndpoint(input.localEndpoint),
    normalizeEndpoint(input.remoteEndpoint),
    normalizeAnnotations(input.annotations),
    normalizeTags(input.tags),
    input.debug === true,
    input.shared === true,
  );
}
