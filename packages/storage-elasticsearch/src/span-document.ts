import { encodeSpanJsonV2 } from '@tracekin/codec';
import type { Endpoint, EpochMillis, Span } from '@tracekin/model';

/** Longer search terms are not indexed, as in Zipkin (zipkin.md 3.2). Characters. */
export const longestTerm = 256;

/**
 * A span as it is indexed, Zipkin's document byte for byte, so that both servers give one span one id. In two parts: `fields` stand in front
 * of the members of `span`. JSON.
 */
export interface DocumentText {
  /** `{` and the search fields, each with a comma behind it. */
  readonly fields: string;
  /** Where in `fields` the list of search terms starts, which is their last member; only ASCII is before it. Undefined without terms. */
  readonly termsAt: number | undefined;
  /** The span itself, an object of at least one member. */
  readonly span: string;
}

/** Without `searchable` only the span itself is written. */
export function documentText(span: Span, searchable: boolean): DocumentText {
  const terms = searchable ? searchTerms(span) : [];
  const list = terms.length === 0 ? '' : JSON.stringify(terms);
  return { ...withFields(span, searchable, asJackson(list)), span: asJackson(encodeSpanJsonV2(span)) };
}

function withFields(span: Span, searchable: boolean, terms: string): Pick<DocumentText, 'fields' | 'termsAt'> {
  const millis = searchable ? `{${millisField(span)}` : '{';
  if (terms === '') return { fields: millis, termsAt: undefined };
  return { fields: `${millis}"_q":${terms},`, termsAt: millis.length + '"_q":'.length };
}

/** The whole text of a document. */
export function spanSource(span: Span, searchable: boolean): string {
  const { fields, span: members } = documentText(span, searchable);
  return `${fields}${members.slice(1)}`;
}

/**
 * What `documentText` gives for nearly all spans, in less than half of the time: one call of JSON.stringify, and strings that are only
 * joined. Undefined when something has to be escaped or ordered; the caller still has to see that the text is ASCII.
 */
export function usualText(span: Span, searchable: boolean): DocumentText | undefined {
  const { annotations, tags } = span;
  const text = JSON.stringify({
    traceId: span.traceId,
    parentId: span.parentId,
    id: span.id,
    kind: span.kind,
    name: span.name,
    timestamp: span.timestamp,
    duration: span.duration,
    localEndpoint: endpoint(span.localEndpoint),
    remoteEndpoint: endpoint(span.remoteEndpoint),
    annotations:
      annotations?.length === 0 ? undefined : annotations?.map(({ timestamp, value }) => ({ timestamp, value })),
    tags,
    debug: span.debug === true ? true : undefined,
    shared: span.shared === true ? true : undefined,
  });
  // Without a backslash no text needs an escape.
  if (text.includes('\\')) return undefined;
  let terms = '';
  for (const { value } of annotations ?? []) if (value.length <= longestTerm) terms += `,"${value}"`;
  let previous: string | undefined;
  for (const key in tags) {
    // Zipkin sorts tags; those that an object cannot keep sorted are rare.
    if (previous !== undefined && key < previous) return undefined;
    previous = key;
    const value = tags[key]!;
    if (key.length + value.length + 1 <= longestTerm) terms += `,"${key}","${key}=${value}"`;
  }
  if (tags !== undefined && previous === undefined) return undefined;
  const list = searchable && terms !== '' ? `[${terms.slice(1)}]` : '';
  return { ...withFields(span, searchable, list), span: text };
}

function endpoint(of: Endpoint | undefined): object | undefined {
  return of === undefined ? undefined : { serviceName: of.serviceName, ipv4: of.ipv4, ipv6: of.ipv6, port: of.port };
}

/** A time of the day that a span is stored under: its timestamp, else its first annotation's, else `now`. */
export function spanDay(span: Span, now: EpochMillis): EpochMillis {
  const micros = span.timestamp ?? span.annotations?.[0]?.timestamp;
  return micros === undefined ? now : Math.floor(micros / 1000);
}

function millisField({ timestamp }: Span): string {
  return timestamp === undefined ? '' : `"timestamp_millis":${Math.floor(timestamp / 1000)},`;
}

/** What `annotationQuery` finds a span by: annotation values, tag keys and `key=value`, each up to 256 characters. */
export function searchTerms(span: Span): string[] {
  const terms: string[] = [];
  for (const { value } of span.annotations ?? []) {
    if (value.length <= longestTerm) terms.push(value);
  }
  for (const [key, value] of Object.entries(span.tags ?? {})) {
    if (key.length + value.length + 1 <= longestTerm) terms.push(key, `${key}=${value}`);
  }
  return terms;
}

/**
 * JSON text escaped as Zipkin's library writes documents (seen on 3.6.1): halves of surrogate pairs as escapes, hexadecimal digits in
 * upper case, line separators as they are. The id of a document depends on its bytes.
 */
function asJackson(json: string): string {
  if (!/\\u|[\ud800-\udfff]/.test(json)) return json;
  return json.replace(/\\(?:u([0-9a-f]{4})|[^u])|[\ud800-\udfff]/g, (text: string, escaped: string | undefined) => {
    if (escaped === '2028' || escaped === '2029') return String.fromCharCode(Number.parseInt(escaped, 16));
    if (escaped !== undefined) return `\\u${escaped.toUpperCase()}`;
    return text.length === 1 ? `\\u${text.charCodeAt(0).toString(16).toUpperCase()}` : text;
  });
}
