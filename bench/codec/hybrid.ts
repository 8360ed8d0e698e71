// The other design for JSON v2, to compare with: JSON.parse, then checks that leave what it cannot read exactly to our reader.
import { normalizeSpan, type Span, type SpanInput } from '@tracekin/model';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const FIELDS: ReadonlySet<string> = new Set([
  'traceId',
  'id',
  'parentId',
  'kind',
  'name',
  'timestamp',
  'duration',
  'localEndpoint',
  'remoteEndpoint',
  'annotations',
  'tags',
  'debug',
  'shared',
]);

/** Spans as `JSON.parse` and `normalizeSpan` give them, without any check of what was lost on the way. */
export function parseAndNormalize(body: Uint8Array): Span[] {
  return (JSON.parse(decoder.decode(body)) as SpanInput[]).map(normalizeSpan);
}

/** The same; undefined for unknown fields, numbers and nulls in tags, and objects that name a key twice. */
export function parseAndCheck(body: Uint8Array): Span[] | undefined {
  const list = JSON.parse(decoder.decode(body)) as Record<string, unknown>[];
  let keys = 0;
  for (const span of list) {
    for (const field in span) {
      keys++;
      if (!FIELDS.has(field)) return undefined;
    }
    const tags = span['tags'] as Record<string, unknown> | undefined;
    for (const key in tags) {
      keys++;
      if (typeof tags[key] !== 'string') return undefined;
    }
    for (const _ in span['localEndpoint'] as object | undefined) keys++;
    for (const _ in span['remoteEndpoint'] as object | undefined) keys++;
    for (const annotation of (span['annotations'] as object[] | undefined) ?? []) for (const _ in annotation) keys++;
  }
  if (keys !== countKeys(body)) return undefined;
  return (list as unknown as SpanInput[]).map(normalizeSpan);
}

/** Colons outside strings: the one way to see that a key was given twice, which JSON.parse hides. */
function countKeys(body: Uint8Array): number {
  let keys = 0;
  for (let i = 0; i < body.length; i++) {
    const c = body[i];
    if (c === 0x3a) keys++;
    else if (c === 0x22) {
      i++;
      while (i < body.length && body[i] !== 0x22) i += body[i] === 0x5c ? 2 : 1;
    }
  }
  return keys;
}
