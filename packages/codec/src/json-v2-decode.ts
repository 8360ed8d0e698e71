import {
  type Annotation,
  checkAnnotation,
  type Endpoint,
  type Kind,
  normalizeMicros,
  normalizeName,
  parseKind,
  type Span,
  sortAnnotations,
} from '@tracekin/model';
import type { DecodeLimits } from './format.ts';
import { readJsonEndpoint } from './json-endpoint.ts';
import { jsonFields } from './json-fields.ts';
import { readParentId, readSpanId, readTraceId } from './json-ids.ts';
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  excerpt,
  JsonReader,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
} from './json-reader.ts';
import { checkSpanCount } from './limits.ts';
import { RawMessageReader } from './raw-message.ts';
import { RawSpan } from './raw-span.ts';
import { reading, refuse } from './refuse.ts';
import { spanOf } from './span-of.ts';
import { jsonTagShapes, TagCollector, type TagShape } from './tag-shapes.ts';
import { cachedName, cachedText } from './text-cache.ts';

const fieldOf = jsonFields([
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

/**
 * A JSON list of v2 spans (zipkin.md 7.2): unknown fields are skipped, null means absent except for ids and tag values,
 * the last of duplicate keys wins, numbers are taken as text where text is wanted, and whatever follows the closing `]`
 * is not looked at. Throws `invalid-argument` for the first bad span: the whole message is refused.
 */
export function decodeJsonV2(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  return reading('json', () => new JsonV2Decoder(bytes, limits, false).list());
}

/** The same as `RawSpan`s. */
export function decodeRawJsonV2(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  return reading('json', () => new JsonV2Decoder(bytes, limits, true).list());
}

const collector = new TagCollector();

/** Stands for an id that the raw message has. */
const RAW = '';

class JsonV2Decoder {
  readonly #in: JsonReader;
  readonly #limits: DecodeLimits;
  readonly #shapes: TagShape = jsonTagShapes();

  readonly #raw: RawMessageReader | undefined;

  constructor(bytes: Uint8Array, limits: DecodeLimits, raw: boolean) {
    this.#in = new JsonReader(bytes, limits);
    this.#raw = raw ? new RawMessageReader(this.#in) : undefined;
    this.#limits = limits;
  }

  list(): Span[] {
    const input = this.#in;
    const spans: Span[] = [];
    collector.length = 0;
    input.expect(OPEN_BRACKET, '');
    if (input.closes(CLOSE_BRACKET)) return spans;
    do {
      input.index = spans.length;
      spans.push(this.#span(spans.length));
      checkSpanCount(spans.length, this.#limits);
    } while (input.another(CLOSE_BRACKET));
    this.#raw?.finish(spans.length);
    return spans;
  }

  #span(index: number): Span {
    const input = this.#in;
    const raw = this.#raw;
    let traceId: string | undefined;
    let parentId: string | undefined;
    let id: string | undefined;
    let kind: Kind | undefined;
    let name: string | undefined;
    let timestamp: number | undefined;
    let duration: number | undefined;
    let localEndpoint: Endpoint | undefined;
    let remoteEndpoint: Endpoint | undefined;
    let annotations: readonly Annotation[] | undefined;
    let tags: Record<string, string> | undefined;
    let debug = false;
    let shared = false;
    let tagShape: TagShape | undefined;
    let tagsAt = 0;
    raw?.start(index);
    input.expect(OPEN_BRACE, '');
    if (!input.closes(CLOSE_BRACE)) {
      do {
        const field = fieldOf(input);
        if (field === 0) traceId = raw?.readTraceId(index) ? RAW : readTraceId(input);
        else if (field === 1) id = raw?.readSpanId(index) ? RAW : readSpanId(input);
        else if (input.takeNull()) continue;
        else {
          switch (field) {
            case 2:
              parentId = raw?.readParentId(index) ? RAW : readParentId(input);
              break;
            case 3:
              kind = this.#kind();
              break;
            case 4:
              name = this.#name();
              break;
            case 5:
              timestamp = normalizeMicros('timestamp', input.integer('.timestamp'));
              break;
            case 6:
              duration = normalizeMicros('duration', input.integer('.duration'));
              break;
            case 7:
              localEndpoint = readJsonEndpoint(input, '.localEndpoint');
              break;
            case 8:
              remoteEndpoint = readJsonEndpoint(input, '.remoteEndpoint');
              break;
            case 9:
              annotations = this.#annotations();
              break;
            case 10:
              tagsAt = raw?.placeCount ?? 0;
              tagShape = this.#rawTags();
              tags = tagShape === undefined ? this.#tags() : undefined;
              break;
            case 11:
              debug = input.boolean('.debug');
              break;
            case 12:
              shared = input.boolean('.shared');
              break;
            default:
              input.skipValue();
          }
        }
      } while (input.another(CLOSE_BRACE));
    }
    if (traceId === undefined || id === undefined)
      refuse(`Missing :${traceId === undefined ? ' traceId' : ''}${id === undefined ? ' id' : ''}`);
    if (raw !== undefined) {
      if (traceId !== RAW) raw.setTraceId(index, traceId);
      if (id !== RAW) raw.setSpanId(index, id);
      if (parentId !== RAW) raw.setParentId(index, parentId);
      raw.end(index);
      return new RawSpan(
        raw,
        index,
        raw.hasLongTraceId,
        kind,
        name,
        timestamp,
        duration,
        localEndpoint,
        remoteEndpoint,
        annotations,
        debug,
        shared,
        tagShape,
        tagsAt,
        tags,
      );
    }
    return spanOf(
      traceId,
      parentId,
      id,
      kind,
      name,
      timestamp,
      duration,
      localEndpoint,
      remoteEndpoint,
      annotations,
      tags,
      debug,
      shared,
    );
  }

  #kind(): Kind {
    return parseKind(this.#in.text('.kind'));
  }

  #name(): string | undefined {
    const input = this.#in;
    if (input.peek() !== QUOTE) return normalizeName(input.text('.name'));
    const close = input.simpleString();
    if (close < 0) return normalizeName(input.text('.name'));
    const start = input.pos + 1;
    input.pos = close + 1;
    return cachedName(input.bytes, start, close);
  }

  #annotations(): readonly Annotation[] | undefined {
    const input = this.#in;
    const annotations: Annotation[] = [];
    input.expect(OPEN_BRACKET, '.annotations');
    if (input.closes(CLOSE_BRACKET)) return undefined;
    do {
      annotations.push(this.#annotation(annotations.length));
    } while (input.another(CLOSE_BRACKET));
    return sortAnnotations(annotations);
  }

  #annotation(index: number): Annotation {
    const input = this.#in;
    let timestamp: number | undefined;
    let value: string | undefined;
    input.expect(OPEN_BRACE, '.annotations');
    if (!input.closes(CLOSE_BRACE)) {
      do {
        const field = annotationField(input);
        if (field === 0) timestamp = input.integer('.annotations[].timestamp');
        else if (field === 1) value = input.text('.annotations[].value');
        else input.skipValue();
      } while (input.another(CLOSE_BRACE));
    }
    if (timestamp === undefined || value === undefined) {
      const last = timestamp === undefined ? (value === undefined ? '' : '.value') : '.timestamp';
      refuse(`Incomplete annotation at $[${input.index}].annotations[${index}]${last}`);
    }
    const annotation = { timestamp, value };
    checkAnnotation(annotation);
    return annotation;
  }

  /** The shape of tags that are left as bytes; undefined when they have to be read as texts, and nothing is consumed. */
  #rawTags(): TagShape | undefined {
    if (this.#raw === undefined) return undefined;
    const input = this.#in;
    if (input.peek() !== OPEN_BRACE) return undefined;
    const start = input.pos++;
    const shape = this.#raw.readTags(this.#shapes);
    if (shape === undefined) input.pos = start;
    return shape;
  }

  #tags(): Record<string, string> | undefined {
    const input = this.#in;
    collector.length = 0;
    input.expect(OPEN_BRACE, '.tags');
    if (input.closes(CLOSE_BRACE)) return undefined;
    let shape: TagShape | undefined = this.#shapes;
    do {
      if (input.peek() !== QUOTE) input.malformed();
      const likely: TagShape | undefined = shape?.likely;
      let key: string;
      if (likely?.isKeyAt(input.bytes, input.pos + 1)) {
        input.pos += 1 + likely.raw.length;
        key = likely.key;
        shape = likely;
      } else {
        const start = input.pos + 1;
        key = input.text('.tags');
        shape = shape?.successor(key, input.bytes, start, input.pos);
      }
      input.expect(COLON, '.tags');
      collector.add(key, this.#tagValue(key));
    } while (input.another(CLOSE_BRACE));
    return collector.take(shape);
  }

  #tagValue(key: string): string {
    const input = this.#in;
    if (input.peek() === QUOTE) {
      const close = input.simpleString();
      if (close >= 0) {
        const start = input.pos + 1;
        input.pos = close + 1;
        return cachedText(input.bytes, start, close);
      }
    }
    if (input.takeNull()) refuse(`No value at $[${input.index}].tags.${excerpt(key)}`);
    return input.text(`.tags.${excerpt(key)}`);
  }
}

const annotationField = jsonFields(['timestamp', 'value']);
