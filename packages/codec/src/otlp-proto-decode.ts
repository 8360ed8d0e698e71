import type { DecodeLimits } from './format.ts';
import { hexOf, hexOfEight, hexOfSixteen } from './hex-bytes.ts';
import { jsonText } from './json-text.ts';
import { checkSpanCount, tooDeep } from './limits.ts';
import {
  emptyOtlpSpan,
  type OtlpAttribute,
  type OtlpEvent,
  type OtlpLink,
  type OtlpResult,
  type OtlpScope,
  type OtlpSpan,
  OtlpSpans,
  otlpOrigin,
} from './otlp-span.ts';
import { type OtlpTime, otlpTime } from './otlp-time.ts';
import { ProtoReader } from './proto-reader.ts';
import { reading } from './refuse.ts';
import { binaryTagShapes } from './tag-shapes.ts';
import { cachedText } from './text-cache.ts';

/** Reads a field by its key (number times 8 plus wire type) and says whether it was one that it knows. */
type FieldReader = (key: number) => boolean;

/** An `opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest`. */
export function decodeOtlpProto(bytes: Uint8Array, limits: DecodeLimits): OtlpResult {
  return reading('otlp', () => new OtlpProtoDecoder(bytes, limits).request());
}

class OtlpProtoDecoder extends ProtoReader {
  readonly #limits: DecodeLimits;
  readonly #out = new OtlpSpans();
  readonly #shapes = binaryTagShapes();
  readonly #view: DataView;

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    super(bytes);
    this.#limits = limits;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  request(): OtlpResult {
    this.#fields(key => {
      if (key !== 0x0a) return false;
      this.#resourceSpans();
      return true;
    });
    return this.#out;
  }

  /** Reads the fields up to `end`. */
  #fields(read: FieldReader): void {
    while (this.pos < this.end) {
      const key = this.key();
      if (!read(key)) this.skip(key);
    }
  }

  /** Reads a nested message, whose length is next. */
  #message(read: FieldReader): void {
    const outer = this.end;
    this.end = this.delimited();
    this.#fields(read);
    this.end = outer;
  }

  /** Twice over the message: the resource may come after the spans that it describes. */
  #resourceSpans(): void {
    const outer = this.end;
    const start = this.pos;
    const resource: OtlpAttribute[] = [];
    this.#message(key => {
      if (key !== 0x0a) return false;
      this.#message(inner => inner === 0x0a && this.#attribute(resource));
      return true;
    });
    this.pos = start;
    this.#message(key => {
      if (key !== 0x12) return false;
      this.#scopeSpans(resource);
      return true;
    });
    this.end = outer;
  }

  #scopeSpans(resource: readonly OtlpAttribute[]): void {
    const start = this.pos;
    const scope: OtlpScope = { name: '', version: '', attributes: [] };
    this.#message(key => {
      if (key !== 0x0a) return false;
      this.#message(inner => {
        if (inner === 0x0a) scope.name = this.#text();
        else if (inner === 0x12) scope.version = this.#text();
        else if (inner === 0x1a) this.#attribute(scope.attributes);
        else return false;
        return true;
      });
      return true;
    });
    const origin = otlpOrigin(resource, scope);
    this.pos = start;
    this.#message(key => {
      if (key !== 0x12) return false;
      this.#out.add(this.#span(), origin, this.#shapes);
      checkSpanCount(this.#out.count, this.#limits);
      return true;
    });
  }

  #span(): OtlpSpan {
    const span = emptyOtlpSpan();
    const outer = this.end;
    const end = this.delimited();
    this.end = end;
    while (this.pos < end) {
      const key = this.key();
      switch (key) {
        case 0x0a:
          span.traceId = this.#hex();
          break;
        case 0x12:
          span.spanId = this.#hex();
          break;
        case 0x1a:
          span.traceState = this.#text();
          break;
        case 0x22:
          span.parentSpanId = this.#hex();
          break;
        case 0x2a:
          span.name = this.#text();
          break;
        case 0x30:
          span.kind = this.varint32();
          break;
        case 0x39:
          span.start = this.#time();
          break;
        case 0x41:
          span.end = this.#time();
          break;
        case 0x4a:
          this.#attribute(span.attributes);
          break;
        case 0x50:
          span.droppedAttributes = this.varint32();
          break;
        case 0x5a:
          span.events.push(this.#event());
          break;
        case 0x60:
          span.droppedEvents = this.varint32();
          break;
        case 0x6a:
          span.links.push(this.#link());
          break;
        case 0x70:
          span.droppedLinks = this.varint32();
          break;
        case 0x7a:
          this.#status(span);
          break;
        default:
          this.skip(key);
      }
    }
    this.end = outer;
    return span;
  }

  #status(span: OtlpSpan): void {
    this.#message(key => {
      if (key === 0x12) span.statusMessage = this.#text();
      else if (key === 0x18) span.statusCode = this.varint32();
      else return false;
      return true;
    });
  }

  #event(): OtlpEvent {
    const event: OtlpEvent = { time: undefined, name: '', json: [] };
    this.#message(key => {
      if (key === 0x09) event.time = this.#time();
      else if (key === 0x12) event.name = this.#text();
      else if (key === 0x1a) event.json.push(this.#jsonMember(0));
      else return false;
      return true;
    });
    return event;
  }

  #link(): OtlpLink {
    const link: OtlpLink = { traceId: '', spanId: '', json: [] };
    this.#message(key => {
      if (key === 0x0a) link.traceId = this.#hex();
      else if (key === 0x12) link.spanId = this.#hex();
      else if (key === 0x22) link.json.push(this.#jsonMember(0));
      else return false;
      return true;
    });
    return link;
  }

  /** A KeyValue as an attribute with text; always true, to be the result of a field reader. */
  #attribute(out: OtlpAttribute[]): boolean {
    const outer = this.end;
    const end = this.delimited();
    this.end = end;
    let key = '';
    let value = '';
    while (this.pos < end) {
      const field = this.key();
      if (field === 0x0a) key = this.#text();
      else if (field === 0x12) value = this.#anyValue(false, 0);
      else this.skip(field);
    }
    this.end = outer;
    if (key !== '') out.push({ key, value });
    return true;
  }

  /** A KeyValue as `"key":value`. */
  #jsonMember(depth: number): string {
    let key = '';
    let value = 'null';
    this.#message(field => {
      if (field === 0x0a) key = this.#text();
      else if (field === 0x12) value = this.#anyValue(true, depth);
      else return false;
      return true;
    });
    return `${jsonText(key)}:${value}`;
  }

  /** An AnyValue as JSON, or as text: then strings and bytes are without quotes. */
  #anyValue(asJson: boolean, depth: number): string {
    if (depth > this.#limits.maxDepth) tooDeep(this.#limits);
    const outer = this.end;
    const end = this.delimited();
    this.end = end;
    let value = asJson ? 'null' : '';
    while (this.pos < end) {
      const field = this.key();
      switch (field) {
        case 0x0a: {
          const text = this.#text();
          value = asJson ? jsonText(text) : text;
          break;
        }
        case 0x10:
          value = this.varint32() === 0 ? 'false' : 'true';
          break;
        case 0x18:
          value = this.#int64();
          break;
        case 0x21:
          value = this.#double(asJson);
          break;
        case 0x2a:
          value = `[${this.#list(() => this.#anyValue(true, depth + 1))}]`;
          break;
        case 0x32:
          value = `{${this.#list(() => this.#jsonMember(depth + 1))}}`;
          break;
        case 0x3a: {
          const text = this.#base64();
          value = asJson ? `"${text}"` : text;
          break;
        }
        default:
          this.skip(field);
      }
    }
    this.end = outer;
    return value;
  }

  /** The elements of an ArrayValue or KeyValueList, which are both in field 1. */
  #list(read: () => string): string {
    const items: string[] = [];
    this.#message(key => {
      if (key !== 0x0a) return false;
      items.push(read());
      return true;
    });
    return items.join(',');
  }

  #text(): string {
    const end = this.delimited();
    const text = cachedText(this.bytes, this.pos, end);
    this.pos = end;
    return text;
  }

  #hex(): string {
    const end = this.delimited();
    const start = this.pos;
    this.pos = end;
    if (end - start === 8) return hexOfEight(this.bytes, start);
    if (end - start === 16) return hexOfSixteen(this.bytes, start);
    // An id of wrong length is refused later; a huge one need not be turned into text for that.
    return hexOf(this.bytes, start, Math.min(end, start + 17));
  }

  #base64(): string {
    const end = this.delimited();
    let binary = '';
    for (let i = this.pos; i < end; i++) binary += String.fromCharCode(this.bytes[i]!);
    this.pos = end;
    return btoa(binary);
  }

  #time(): OtlpTime {
    const start = this.take(8);
    return otlpTime(this.#view.getUint32(start, true), this.#view.getUint32(start + 4, true));
  }

  #double(asJson: boolean): string {
    const value = this.#view.getFloat64(this.take(8), true);
    return asJson && !Number.isFinite(value) ? `"${value}"` : String(value);
  }

  /** A varint as the text of a signed 64-bit integer, exactly. */
  #int64(): string {
    let value = 0n;
    const start = this.pos;
    this.skip(0);
    let small = 0;
    const length = this.pos - start;
    for (let i = length - 1; i >= 0; i--) {
      const bits = this.bytes[start + i]! & 0x7f;
      if (length <= 7) small = small * 128 + bits;
      else value = (value << 7n) | BigInt(bits);
    }
    return String(length <= 7 ? small : BigInt.asIntN(64, value));
  }
}
