import { hash } from 'node:crypto';
import { encodeSpanJsonV2 } from '@tracekin/codec';
import type { EpochMillis, Span } from '@tracekin/model';

/** Longer search terms are not indexed, as in Zipkin (zipkin.md 3.2). Characters. */
const longestTerm = 256;

/** A span as it is indexed: Zipkin's document, byte for byte, so that both servers give one span one id. */
export interface SpanDocument {
  /** `traceId-md5(source)`: writing it again changes nothing. */
  readonly id: string;
  /** JSON. */
  readonly source: string;
  /** Decides the daily index: the span's timestamp, else its first annotation's, else `now`. */
  readonly day: EpochMillis;
}

/** The document of a span. Without `searchable` only the span itself is written. */
export function spanDocument(span: Span, searchable: boolean, now: EpochMillis): SpanDocument {
  const json = encodeSpanJsonV2(span);
  const source = asJackson(searchable ? `{${searchFields(span)}${json.slice(1)}` : json);
  return { id: `${span.traceId}-${hash('md5', source, 'hex')}`, source, day: spanDay(span, now) };
}

/** A time of the day that a span is stored under: its timestamp, else its first annotation's, else `now`. */
export function spanDay(span: Span, now: EpochMillis): EpochMillis {
  const micros = span.timestamp ?? span.annotations?.[0]?.timestamp;
  return micros === undefined ? now : Math.floor(micros / 1000);
}

function searchFields(span: Span): string {
  const millis = span.timestamp === undefined ? '' : `"timestamp_millis":${Math.floor(span.timestamp / 1000)},`;
  const terms = searchTerms(span);
  return terms.length === 0 ? millis : `${millis}"_q":${JSON.stringify(terms)},`;
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
