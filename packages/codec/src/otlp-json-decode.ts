import type { DecodeLimits } from './format.ts';
import { jsonFields } from './json-fields.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonReader, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './json-reader.ts';
import { jsonText } from './json-text.ts';
import { checkSpanCount, tooDeep } from './limits.ts';
import {
  emptyOtlpSpan,
  type OtlpAttribute,
  type OtlpEvent,
  type OtlpLink,
  type OtlpOrigin,
  type OtlpResult,
  type OtlpScope,
  type OtlpSpan,
  OtlpSpans,
  otlpOrigin,
} from './otlp-span.ts';
import { type OtlpTime, parseOtlpTime } from './otlp-time.ts';
import { reading, refuse } from './refuse.ts';
import { binaryTagShapes } from './tag-shapes.ts';

/** Protobuf's JSON allows both spellings of a name; `jsonFields` gives even and odd indexes for them. */
const both = (names: readonly string[]): ((input: JsonReader) => number) =>
  jsonFields(names.flatMap(name => [name, name.replaceAll(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)]));

const requestField = both(['resourceSpans']);
const resourceSpansField = both(['resource', 'scopeSpans']);
const scopeSpansField = both(['scope', 'spans']);
const resourceField = both(['attributes']);
const scopeField = both(['name', 'version', 'attributes']);
const spanField = both([
  'traceId',
  'spanId',
  'parentSpanId',
  'traceState',
  'name',
  'kind',
  'startTimeUnixNano',
  'endTimeUnixNano',
  'attributes',
  'events',
  'links',
  'status',
  'droppedAttributesCount',
  'droppedEventsCount',
  'droppedLinksCount',
]);
const eventField = both(['timeUnixNano', 'name', 'attributes']);
const linkField = both(['traceId', 'spanId', 'attributes']);
const statusField = both(['code', 'message']);
const keyValueField = jsonFields(['key', 'value']);
const anyValueField = both([
  'stringValue',
  'boolValue',
  'intValue',
  'doubleValue',
  'arrayValue',
  'kvlistValue',
  'bytesValue',
]);
const listField = both(['values']);

const KIND_NAMES: Readonly<Record<string, number>> = {
  SPAN_KIND_INTERNAL: 1,
  SPAN_KIND_SERVER: 2,
  SPAN_KIND_CLIENT: 3,
  SPAN_KIND_PRODUCER: 4,
  SPAN_KIND_CONSUMER: 5,
};
const STATUS_NAMES: Readonly<Record<string, number>> = { STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 };

/** An `ExportTraceServiceRequest` in OTLP's JSON: ids in hex, 64-bit integers as strings, enums as numbers or names. */
export function decodeOtlpJson(bytes: Uint8Array, limits: DecodeLimits): OtlpResult {
  return reading('otlp json', () => new OtlpJsonDecoder(bytes, limits).request());
}

class OtlpJsonDecoder extends JsonReader {
  readonly #out = new OtlpSpans();
  readonly #shapes = binaryTagShapes();

  request(): OtlpResult {
    this.#object(requestField, field => {
      if (field !== 0) return false;
      this.#array(() => this.#resourceSpans());
      return true;
    });
    return this.#out;
  }

  /** Reads an object: `read` gets half of the field's index, -1 for an unknown one, and says whether it took the value. */
  #object(fieldOf: (input: JsonReader) => number, read: (field: number) => boolean): void {
    this.expect(OPEN_BRACE, '');
    if (this.closes(CLOSE_BRACE)) return;
    do {
      const field = fieldOf(this) >> 1;
      if (!this.takeNull() && !read(field)) this.skipValue();
    } while (this.another(CLOSE_BRACE));
  }

  #array(read: () => void): void {
    this.expect(OPEN_BRACKET, '');
    if (this.closes(CLOSE_BRACKET)) return;
    do read();
    while (this.another(CLOSE_BRACKET));
  }

  /** Lists that stand in front of what describes them are skipped and read when the object is complete. */
  #resourceSpans(): void {
    const resource: OtlpAttribute[] = [];
    const readScopes = (): void => this.#array(() => this.#scopeSpans(resource));
    const early: number[] = [];
    let described = false;
    this.#object(resourceSpansField, field => {
      if (field === 0) {
        this.#object(resourceField, inner => inner === 0 && this.#attributes(resource));
        described = true;
        return true;
      }
      if (field !== 1) return false;
      if (described) readScopes();
      else early.push(this.pos);
      return described;
    });
    this.#goBack(early, readScopes);
  }

  #goBack(places: readonly number[], read: () => void): void {
    const { pos } = this;
    for (const place of places) {
      this.pos = place;
      read();
    }
    this.pos = pos;
  }

  #scopeSpans(resource: readonly OtlpAttribute[]): void {
    const scope: OtlpScope = { name: '', version: '', attributes: [] };
    let origin: OtlpOrigin | undefined;
    const readSpans = (): void => {
      origin ??= otlpOrigin(resource, scope);
      const of = origin;
      this.#array(() => this.#addSpan(of));
    };
    const early: number[] = [];
    let described = false;
    this.#object(scopeSpansField, field => {
      if (field === 0) {
        this.#object(scopeField, inner => {
          if (inner === 0) scope.name = this.text('.scope.name');
          else if (inner === 1) scope.version = this.text('.scope.version');
          else if (inner === 2) this.#attributes(scope.attributes);
          else return false;
          return true;
        });
        described = true;
        return true;
      }
      if (field !== 1) return false;
      if (described) readSpans();
      else early.push(this.pos);
      return described;
    });
    this.#goBack(early, readSpans);
  }

  #addSpan(origin: OtlpOrigin): void {
    const span = emptyOtlpSpan();
    this.#object(spanField, field => this.#spanField(span, field));
    this.#out.add(span, origin, this.#shapes);
    checkSpanCount(this.#out.count, this.limits);
  }

  #spanField(span: OtlpSpan, field: number): boolean {
    switch (field) {
      case 0:
        span.traceId = this.#id('.traceId', 32);
        return true;
      case 1:
        span.spanId = this.#id('.spanId', 16);
        return true;
      case 2:
        span.parentSpanId = this.#id('.parentSpanId', 16);
        return true;
      case 3:
        span.traceState = this.text('.traceState');
        return true;
      case 4:
        span.name = this.text('.name');
        return true;
      case 5:
        span.kind = this.#enum('.kind', KIND_NAMES);
        return true;
      case 6:
        span.start = this.#time('.startTimeUnixNano');
        return true;
      case 7:
        span.end = this.#time('.endTimeUnixNano');
        return true;
      case 8:
        return this.#attributes(span.attributes);
      case 9:
        this.#array(() => span.events.push(this.#event()));
        return true;
      case 10:
        this.#array(() => span.links.push(this.#link()));
        return true;
      case 11:
        this.#status(span);
        return true;
      case 12:
        span.droppedAttributes = this.integer('.droppedAttributesCount');
        return true;
      case 13:
        span.droppedEvents = this.integer('.droppedEventsCount');
        return true;
      case 14:
        span.droppedLinks = this.integer('.droppedLinksCount');
        return true;
      default:
        return false;
    }
  }

  #status(span: OtlpSpan): void {
    this.#object(statusField, field => {
      if (field === 0) span.statusCode = this.#enum('.status.code', STATUS_NAMES);
      else if (field === 1) span.statusMessage = this.text('.status.message');
      else return false;
      return true;
    });
  }

  #event(): OtlpEvent {
    const event: OtlpEvent = { time: undefined, name: '', json: [] };
    this.#object(eventField, field => {
      if (field === 0) event.time = this.#time('.events[].timeUnixNano');
      else if (field === 1) event.name = this.text('.events[].name');
      else if (field === 2) this.#array(() => event.json.push(this.#jsonMember(0)));
      else return false;
      return true;
    });
    return event;
  }

  #link(): OtlpLink {
    const link: OtlpLink = { traceId: '', spanId: '', json: [] };
    this.#object(linkField, field => {
      if (field === 0) link.traceId = this.#id('.links[].traceId', 32);
      else if (field === 1) link.spanId = this.#id('.links[].spanId', 16);
      else if (field === 2) this.#array(() => link.json.push(this.#jsonMember(0)));
      else return false;
      return true;
    });
    return link;
  }

  /** Hex in either case; also base64, which is protobuf's own JSON for bytes and what some exporters send. */
  #id(what: string, hexLength: number): string {
    const text = this.text(what);
    if (text.length !== hexLength && text.length === Math.ceil(hexLength / 6) * 4) return hexFromBase64(text) ?? text;
    return text.toLowerCase();
  }

  #enum(what: string, names: Readonly<Record<string, number>>): number {
    if (this.peek() !== QUOTE) return this.integer(what);
    const text = this.text(what);
    return Object.hasOwn(names, text) ? names[text]! : /^[0-9]$/.test(text) ? Number(text) : 0;
  }

  #time(what: string): OtlpTime {
    const text = this.text(what);
    return parseOtlpTime(text) ?? refuse(`Expected nanoseconds${this.where(what)}`);
  }

  /** KeyValues as attributes with text; always true, to be the result of a field reader. */
  #attributes(out: OtlpAttribute[]): boolean {
    this.#array(() => {
      let key = '';
      let value = '';
      this.expect(OPEN_BRACE, '.attributes');
      if (!this.closes(CLOSE_BRACE)) {
        do {
          const field = keyValueField(this);
          if (this.takeNull()) continue;
          if (field === 0) key = this.text('.attributes[].key');
          else if (field === 1) value = this.#anyValue(false, 0);
          else this.skipValue();
        } while (this.another(CLOSE_BRACE));
      }
      if (key !== '') out.push({ key, value });
    });
    return true;
  }

  /** A KeyValue as `"key":value`. */
  #jsonMember(depth: number): string {
    let key = '';
    let value = 'null';
    this.expect(OPEN_BRACE, '.attributes');
    if (!this.closes(CLOSE_BRACE)) {
      do {
        const field = keyValueField(this);
        if (this.takeNull()) continue;
        if (field === 0) key = this.text('.attributes[].key');
        else if (field === 1) value = this.#anyValue(true, depth);
        else this.skipValue();
      } while (this.another(CLOSE_BRACE));
    }
    return `${jsonText(key)}:${value}`;
  }

  /** An AnyValue as JSON, or as text: then strings and bytes are without quotes. */
  #anyValue(asJson: boolean, depth: number): string {
    if (depth > this.limits.maxDepth) tooDeep(this.limits);
    let value = asJson ? 'null' : '';
    this.#object(anyValueField, field => {
      switch (field) {
        case 0:
        case 6: {
          const text = this.text('.value');
          value = asJson ? jsonText(text) : text;
          return true;
        }
        case 1:
          value = String(this.boolean('.value.boolValue'));
          return true;
        case 2:
        case 3: {
          const text = this.text('.value');
          // Numbers arrive as strings too, and a double may be `NaN` or `Infinity`, which JSON has not.
          value = asJson && !/^-?[0-9.]+(?:[eE][+-]?[0-9]+)?$/.test(text) ? jsonText(text) : text;
          return true;
        }
        case 4:
          value = `[${this.#list(() => this.#anyValue(true, depth + 1))}]`;
          return true;
        case 5:
          value = `{${this.#list(() => this.#jsonMember(depth + 1))}}`;
          return true;
        default:
          return false;
      }
    });
    return value;
  }

  #list(read: () => string): string {
    const items: string[] = [];
    this.#object(listField, field => {
      if (field !== 0) return false;
      this.#array(() => items.push(read()));
      return true;
    });
    return items.join(',');
  }
}

function hexFromBase64(text: string): string | undefined {
  try {
    return Array.from(atob(text), char => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return undefined;
  }
}
