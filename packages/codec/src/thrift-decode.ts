import type { Span } from '@tracekin/model';
import type { DecodeLimits } from './format.ts';
import { checkSpanCount } from './limits.ts';
import { reading } from './refuse.ts';
import { binaryTagShapes, type TagShape } from './tag-shapes.ts';
import { ThriftEndpointReader } from './thrift-endpoint.ts';
import { UsualSpanReader } from './thrift-usual-span.ts';
import { readThriftV1Span } from './thrift-v1-span.ts';
import { v1ToV2 } from './v1-to-v2.ts';

/** A TBinary list of v1 spans, as v2 spans (zipkin.md 7.4, 7.5). */
export function decodeThriftList(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  return reading('TBinary', () => {
    const decoder = new ThriftDecoder(bytes, limits);
    const spans: Span[] = [];
    for (let left = decoder.input.listLength(); left > 0; left--) {
      decoder.span(spans);
      checkSpanCount(spans.length, limits);
    }
    return spans;
  });
}

/** One v1 span without a list around it, as py_zipkin up to 0.8 hands to its transport. */
export function decodeThriftSpan(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  return reading('TBinary', () => {
    const spans: Span[] = [];
    new ThriftDecoder(bytes, limits).span(spans);
    return spans;
  });
}

class ThriftDecoder {
  readonly input: ThriftEndpointReader;
  readonly #shapes: TagShape = binaryTagShapes();
  readonly #usual: UsualSpanReader;

  constructor(bytes: Uint8Array, limits: DecodeLimits) {
    this.input = new ThriftEndpointReader(bytes, limits);
    this.#usual = new UsualSpanReader(this.input, this.#shapes);
  }

  span(out: Span[]): void {
    const start = this.input.pos;
    const span = this.#usual.span();
    if (span !== undefined) {
      out.push(span);
      return;
    }
    this.input.pos = start;
    v1ToV2(readThriftV1Span(this.input), out, this.#shapes);
  }
}
