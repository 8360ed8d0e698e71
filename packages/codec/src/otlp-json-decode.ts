import type { DecodeLimits } from './format.ts';
import { QUOTE } from './json-reader.ts';
import { checkSpanCount } from './limits.ts';
import { OtlpJsonReader, otlpFields } from './otlp-json-reader.ts';
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

const requestField = otlpFields(['resourceSpans']);
const resourceSpansField = otlpFields(['resource', 'scopeSpans']);
const scopeSpansField = otlpFields(['scope', 'spans']);
const resourceField = otlpFields(['attributes']);
const scopeField = otlpFields(['name', 'version', 'attributes']);
const spanField = otlpFields([
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
const eventField = otlpFields(['timeUnixNano', 'name', 'attributes']);
const linkField = otlpFields(['traceId', 'spanId', 'attributes']);
const statusField = otlpFields(['code', 'message']);
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

class OtlpJsonDecoder extends OtlpJsonReader {
  readonly #out = new OtlpSpans();
  readonly #shapes = binaryTagShapes();

  request(): OtlpResult {
    this.object(requestField, field => {
      if (field !== 0) return false;
      this.array(() => this.#resourceSpans());
      return true;
    });
    return this.#out;
  }

  /** Lists that stand in front of what describes them are skipped and read when the object is complete. */
  #resourceSpans(): void {
    const resource: OtlpAttribute[] = [];
    const readScopes = (): void => this.array(() => this.#scopeSpans(resource));
    const early: number[] = [];
    let described = false;
    this.object(resourceSpansField, field => {
      if (field === 0) {
        this.object(resourceField, inner => inner === 0 && this.attributes(resource));
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
      this.array(() => this.#addSpan(of));
    };
    const early: number[] = [];
    let described = false;
    this.object(scopeSpansField, field => {
      if (field === 0) {
        this.object(scopeField, inner => {
          if (inner === 0) scope.name = this.text('.scope.name');
          else if (inner === 1) scope.version = this.text('.scope.version');
          else if (inner === 2) this.attributes(scope.attributes);
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
    this.object(spanField, field => this.#spanField(span, field));
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
        return this.attributes(span.attributes);
      case 9:
        this.array(() => span.events.push(this.#event()));
        return true;
      case 10:
        this.array(() => span.links.push(this.#link()));
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
    this.object(statusField, field => {
      if (field === 0) span.statusCode = this.#enum('.status.code', STATUS_NAMES);
      else if (field === 1) span.statusMessage = this.text('.status.message');
      else return false;
      return true;
    });
  }

  #event(): OtlpEvent {
    const event: OtlpEvent = { time: undefined, name: '', json: [] };
    this.object(eventField, field => {
      if (field === 0) event.time = this.#time('.events[].timeUnixNano');
      else if (field === 1) event.name = this.text('.events[].name');
      else if (field === 2) this.array(() => event.json.push(this.jsonMember(0)));
      else return false;
      return true;
    });
    return event;
  }

  #link(): OtlpLink {
    const link: OtlpLink = { traceId: '', spanId: '', json: [] };
    this.object(linkField, field => {
      if (field === 0) link.traceId = this.#id('.links[].traceId', 32);
      else if (field === 1) link.spanId = this.#id('.links[].spanId', 16);
      else if (field === 2) this.array(() => link.json.push(this.jsonMember(0)));
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
}

function hexFromBase64(text: string): string | undefined {
  try {
    return Array.from(atob(text), char => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return undefined;
  }
}
