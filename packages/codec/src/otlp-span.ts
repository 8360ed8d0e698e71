import {
  type Annotation,
  type Endpoint,
  type Kind,
  makeEndpoint,
  normalizeName,
  normalizeParentId,
  normalizeSpanId,
  normalizeTraceId,
  type Span,
  sortAnnotations,
  TracekinError,
} from '@tracekin/model';
import { jsonText } from './json-text.ts';
import { OtlpPeer } from './otlp-peer.ts';
import { type OtlpTime, otlpDuration } from './otlp-time.ts';
import { refuse } from './refuse.ts';
import { spanOf } from './span-of.ts';
import { TagCollector, type TagShape } from './tag-shapes.ts';

/** An attribute, its value as text: strings as they are, arrays and maps as JSON, bytes as base64. */
export interface OtlpAttribute {
  readonly key: string;
  readonly value: string;
}

/** What all spans of a resource and scope share. */
export interface OtlpOrigin {
  readonly localEndpoint: Endpoint | undefined;
  readonly tags: readonly OtlpAttribute[];
}

/** A span as OTLP has it, while it is read. Ids are lower hex as sent, possibly wrong. */
export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  traceState: string;
  name: string;
  /** SpanKind: 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  start: OtlpTime | undefined;
  end: OtlpTime | undefined;
  readonly attributes: OtlpAttribute[];
  readonly events: OtlpEvent[];
  readonly links: OtlpLink[];
  /** 0 unset, 1 ok, 2 error. */
  statusCode: number;
  statusMessage: string;
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
}

export interface OtlpEvent {
  time: OtlpTime | undefined;
  name: string;
  /** Members of a JSON object, ready to be joined. */
  readonly json: string[];
}

export interface OtlpLink {
  traceId: string;
  spanId: string;
  /** Members of a JSON object, ready to be joined. */
  readonly json: string[];
}

export function emptyOtlpSpan(): OtlpSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    traceState: '',
    name: '',
    kind: 0,
    start: undefined,
    end: undefined,
    attributes: [],
    events: [],
    links: [],
    statusCode: 0,
    statusMessage: '',
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
  };
}

const KINDS: readonly (Kind | undefined)[] = [undefined, undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/** The service's name is the endpoint; the rest describes the SDK or may hold a command line with secrets. */
const NOT_TAGS = /^(?:service\.name$|telemetry\.|process\.)/;

/** What a resource and a scope give to each of their spans. Resource attributes are tags, but for those above. */
export function otlpOrigin(resource: readonly OtlpAttribute[], scope: OtlpScope): OtlpOrigin {
  const service = resource.find(attribute => attribute.key === 'service.name');
  const tags = resource.filter(attribute => !NOT_TAGS.test(attribute.key));
  if (scope.name !== '') tags.push({ key: 'otel.scope.name', value: scope.name });
  if (scope.version !== '') tags.push({ key: 'otel.scope.version', value: scope.version });
  tags.push(...scope.attributes);
  return { localEndpoint: makeEndpoint(normalizeName(service?.value), undefined, undefined, undefined), tags };
}

export interface OtlpScope {
  name: string;
  version: string;
  readonly attributes: OtlpAttribute[];
}

const collector = new TagCollector();

/**
 * The Zipkin span of an OTLP span: zipkin.md 2.3 and the OpenTelemetry specification's mapping to Zipkin. Of equal keys
 * the span's own attribute wins over scope and resource. Throws `invalid-argument` for ids of wrong length or all zeros and
 * for times that a double cannot hold.
 */
export function otlpToSpan(source: OtlpSpan, origin: OtlpOrigin, shapes: TagShape): Span {
  checkLength('trace_id', source.traceId, 32);
  checkLength('span_id', source.spanId, 16);
  if (source.parentSpanId !== '') checkLength('parent_span_id', source.parentSpanId, 16);
  const id = normalizeSpanId(source.spanId);
  const kind = KINDS[source.kind];
  return spanOf(
    normalizeTraceId(source.traceId),
    source.parentSpanId === '' ? undefined : normalizeParentId(source.parentSpanId, id),
    id,
    kind,
    normalizeName(source.name),
    microsOf('start_time_unix_nano', source.start),
    microsOf('end_time_unix_nano', source.end) === undefined ? undefined : otlpDuration(source.start, source.end),
    origin.localEndpoint,
    peerOf(source, kind),
    annotationsOf(source),
    tagsOf(source, origin, shapes),
    false,
    false,
  );
}

function checkLength(field: string, id: string, length: number): void {
  if (id.length !== length) refuse(`${field} should be ${length / 2} bytes: was ${id.length / 2}`);
}

function microsOf(field: string, time: OtlpTime | undefined): number | undefined {
  if (time === undefined || time.micros === 0) return undefined;
  if (!Number.isSafeInteger(time.micros)) refuse(`${field} should be below 2^53 microseconds`);
  return time.micros;
}

function peerOf(source: OtlpSpan, kind: Kind | undefined): Endpoint | undefined {
  const peer = new OtlpPeer();
  for (const { key, value } of source.attributes) peer.see(key, value);
  return peer.endpoint(kind);
}

/** The event's name, followed by its attributes as JSON when there are any. An event without a time is at the start. */
function annotationsOf(source: OtlpSpan): readonly Annotation[] | undefined {
  if (source.events.length === 0) return undefined;
  const annotations = source.events.map(({ time, name, json }) => ({
    timestamp: microsOf('event.time_unix_nano', time) ?? source.start?.micros ?? 0,
    value: json.length === 0 ? name : `${jsonText(name)}:{${json.join(',')}}`,
  }));
  return sortAnnotations(annotations);
}

function tagsOf(source: OtlpSpan, origin: OtlpOrigin, shapes: TagShape): Record<string, string> | undefined {
  let shape: TagShape | undefined = shapes;
  const add = (key: string, value: string): void => {
    shape = shape?.after(key);
    collector.add(key, value);
  };
  collector.length = 0;
  for (const { key, value } of origin.tags) add(key, value);
  let error = '';
  for (const { key, value } of source.attributes) {
    add(key, value);
    if (key === 'error') error = value;
  }
  if (source.statusCode === 1) add('otel.status_code', 'OK');
  else if (source.statusCode === 2) {
    add('otel.status_code', 'ERROR');
    add('error', source.statusMessage === '' ? error : source.statusMessage);
  }
  if (source.traceState !== '') add('w3c.tracestate', source.traceState);
  source.links.forEach(({ traceId, spanId, json }, i) => {
    add(`otel.link.${i}`, `${traceId}/${spanId}`);
    if (json.length > 0) add(`otel.link.${i}.attributes`, `{${json.join(',')}}`);
  });
  if (source.droppedAttributes > 0) add('otel.dropped_attributes_count', String(source.droppedAttributes));
  if (source.droppedEvents > 0) add('otel.dropped_events_count', String(source.droppedEvents));
  if (source.droppedLinks > 0) add('otel.dropped_links_count', String(source.droppedLinks));
  return collector.take(shape);
}

/** What could be read of an OTLP request. */
export interface OtlpResult {
  readonly spans: Span[];
  /** Spans left out because of their ids or times. */
  readonly rejected: number;
  /** Why the first of them was. */
  readonly errorMessage?: string | undefined;
}

/** Collects the spans of a request; a span that breaks a rule is counted and does not take the others with it. */
export class OtlpSpans {
  readonly spans: Span[] = [];
  rejected = 0;
  errorMessage: string | undefined = undefined;

  add(source: OtlpSpan, origin: OtlpOrigin, shapes: TagShape): void {
    try {
      this.spans.push(otlpToSpan(source, origin, shapes));
    } catch (error) {
      if (!(error instanceof TracekinError) || error.code !== 'invalid-argument') throw error;
      this.rejected++;
      this.errorMessage ??= error.message;
    }
  }

  get count(): number {
    return this.spans.length + this.rejected;
  }
}
