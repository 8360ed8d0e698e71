import {
  checkAnnotation,
  type Endpoint,
  normalizeMicros,
  normalizeName,
  normalizeParentId,
  normalizeSpanId,
  normalizeTraceId,
  type Span,
} from '@tracekin/model';
import type { DecodeLimits } from './format.ts';
import { readJsonEndpoint } from './json-endpoint.ts';
import { jsonFields } from './json-fields.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonReader, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-reader.ts';
import { checkSpanCount } from './limits.ts';
import { reading, refuse } from './refuse.ts';
import { binaryTagShapes } from './tag-shapes.ts';
import type { V1Annotation, V1BinaryAnnotation, V1Span } from './v1-span.ts';
import { v1ToV2 } from './v1-to-v2.ts';

const spanField = jsonFields([
  'traceId',
  'id',
  'name',
  'parentId',
  'timestamp',
  'duration',
  'annotations',
  'binaryAnnotations',
  'debug',
]);
const annotationField = jsonFields(['timestamp', 'value', 'endpoint']);
const binaryAnnotationField = jsonFields(['key', 'value', 'endpoint']);

/**
 * A JSON list of v1 spans, as v2 spans. Only string tags and true addresses are kept of the binary annotations; an
 * incomplete annotation is an error here, unlike in thrift (zipkin.md 7.4).
 */
export function decodeJsonV1(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  return reading('json', () => {
    const input = new JsonReader(bytes, limits);
    const shapes = binaryTagShapes();
    const spans: Span[] = [];
    input.expect(OPEN_BRACKET, '');
    if (input.closes(CLOSE_BRACKET)) return spans;
    do {
      v1ToV2(readSpan(input), spans, shapes);
      input.index++;
      checkSpanCount(spans.length, limits);
    } while (input.another(CLOSE_BRACKET));
    return spans;
  });
}

function readSpan(input: JsonReader): V1Span {
  let traceId: string | undefined;
  let parentId: string | undefined;
  let id: string | undefined;
  let name: string | undefined;
  let timestamp: number | undefined;
  let duration: number | undefined;
  let annotations: V1Annotation[] = [];
  let binaryAnnotations: V1BinaryAnnotation[] = [];
  let debug = false;
  input.expect(OPEN_BRACE, '');
  if (!input.closes(CLOSE_BRACE)) {
    do {
      const field = spanField(input);
      if (field === 0) traceId = normalizeTraceId(input.text('.traceId'));
      else if (field === 1) id = normalizeSpanId(input.text('.id'));
      else if (input.takeNull()) continue;
      else if (field === 2) name = normalizeName(input.text('.name'));
      else if (field === 3) parentId = normalizeParentId(input.text('.parentId'), '');
      else if (field === 4) timestamp = normalizeMicros('timestamp', input.integer('.timestamp'));
      else if (field === 5) duration = normalizeMicros('duration', input.integer('.duration'));
      else if (field === 6) annotations = readList(input, readAnnotation);
      else if (field === 7) binaryAnnotations = readList(input, readBinaryAnnotation);
      else if (field === 8) debug = input.boolean('.debug');
      else input.skipValue();
    } while (input.another(CLOSE_BRACE));
  }
  if (traceId === undefined) refuse('traceId == 0');
  if (id === undefined) refuse('id == 0');
  return { traceId, parentId, id, name, timestamp, duration, annotations, binaryAnnotations, debug };
}

function readList<T>(input: JsonReader, read: (input: JsonReader, index: number) => T | undefined): T[] {
  const items: T[] = [];
  input.expect(OPEN_BRACKET, '');
  if (input.closes(CLOSE_BRACKET)) return items;
  let index = 0;
  do {
    const item = read(input, index++);
    if (item !== undefined) items.push(item);
  } while (input.another(CLOSE_BRACKET));
  return items;
}

function readAnnotation(input: JsonReader, index: number): V1Annotation {
  let timestamp: number | undefined;
  let value: string | undefined;
  let endpoint: Endpoint | undefined;
  input.expect(OPEN_BRACE, '.annotations');
  if (!input.closes(CLOSE_BRACE)) {
    do {
      const field = annotationField(input);
      if (field === 0) timestamp = input.integer('.annotations[].timestamp');
      else if (field === 1) value = input.text('.annotations[].value');
      else if (field === 2 && !input.takeNull()) endpoint = readJsonEndpoint(input, '.annotations[].endpoint');
      else if (field !== 2) input.skipValue();
    } while (input.another(CLOSE_BRACE));
  }
  if (timestamp === undefined || value === undefined)
    refuse(`Incomplete annotation at $[${input.index}].annotations[${index}]`);
  const annotation = { timestamp, value, endpoint };
  checkAnnotation(annotation);
  return annotation;
}

function readBinaryAnnotation(input: JsonReader, index: number): V1BinaryAnnotation | undefined {
  let key: string | undefined;
  let value: string | undefined;
  let isTrue = false;
  let endpoint: Endpoint | undefined;
  input.expect(OPEN_BRACE, '.binaryAnnotations');
  if (!input.closes(CLOSE_BRACE)) {
    do {
      const field = binaryAnnotationField(input);
      if (input.takeNull()) continue;
      if (field === 0) key = input.text('.binaryAnnotations[].key');
      else if (field === 2) endpoint = readJsonEndpoint(input, '.binaryAnnotations[].endpoint');
      else if (field !== 1) input.skipValue();
      else {
        const first = input.peek() | 0x20;
        if (input.peek() === QUOTE) value = input.text('.binaryAnnotations[].value');
        else if (first === 0x74 || first === 0x66) isTrue = input.boolean('.binaryAnnotations[].value');
        else input.skipValue(); // numbers and objects are not tags
      }
    } while (input.another(CLOSE_BRACE));
  }
  if (key === undefined) refuse(`No key at $[${input.index}].binaryAnnotations[${index}]`);
  if (value !== undefined) return { key, value, endpoint };
  const isAddress = isTrue && endpoint !== undefined && (key === 'sa' || key === 'ca' || key === 'ma');
  return isAddress ? { key, value: undefined, endpoint } : undefined;
}
