import type { Span } from '@tracekin/model';
import { hasV2Fields } from './detect-format.ts';
import type { DecodeLimits, Format } from './format.ts';
import { decodeJsonV1 } from './json-v1-decode.ts';
import { decodeJsonV2 } from './json-v2-decode.ts';
import { decodeThriftList, decodeThriftSpan } from './thrift-decode.ts';

/**
 * Bodies posted as thrift that are not a thrift list, yet leave no doubt what was meant. Zipkin answers 400 to the first
 * two and the sender, which ignores answers, shows no traces; here they are read (instrumentation.md 8.1).
 *
 * The demo of 2017 puts a list header in front of what py_zipkin gives its transport: one struct, up to 0.8.
 *
 * | py_zipkin | gives | so the body is |
 * |---|---|---|
 * | 0.9 to 0.20 | a thrift list | `0c 00000001` and then the list's own header `0c 0000000N` |
 * | 0.21 on | a JSON list | `0c 00000001` and then `[` |
 * | up to 0.8, header forgotten | one struct | `0a 0001`: the field trace_id, without any list |
 */
export type ThriftBody = 'list' | 'list-in-list' | 'json-in-list' | 'single-span';

const HEADER_BYTES = 5;

/**
 * Which of the shapes above a body has. Undoubted: 0x5b is no thrift type, and a list of fewer than 65,536 begins like a
 * struct in a field numbered 0, which thrift does not have.
 */
export function thriftBodyOf(bytes: Uint8Array): ThriftBody {
  if (bytes[0] === 0x0a && bytes[1] === 0) return 'single-span';
  const headerOfOne = bytes[0] === 0x0c && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0 && bytes[4] === 1;
  if (headerOfOne && bytes[HEADER_BYTES] === 0x5b) return 'json-in-list';
  if (headerOfOne && bytes[HEADER_BYTES] === 0x0c && bytes[6] === 0 && bytes[7] === 0) return 'list-in-list';
  return 'list';
}

/** Spans posted as thrift, in any of the shapes above. */
export function decodeThrift(bytes: Uint8Array, limits: DecodeLimits): Span[] {
  const shape = thriftBodyOf(bytes);
  switch (shape) {
    case 'list':
      return decodeThriftList(bytes, limits);
    case 'single-span':
      return decodeThriftSpan(bytes, limits);
    case 'list-in-list':
      return decodeThriftList(bytes.subarray(HEADER_BYTES), limits);
    case 'json-in-list': {
      const json = bytes.subarray(HEADER_BYTES);
      const format: Format = hasV2Fields(json) ? 'json-v2' : 'json-v1';
      return format === 'json-v2' ? decodeJsonV2(json, limits) : decodeJsonV1(json, limits);
    }
    default:
      return shape satisfies never;
  }
}
