import { ID_WORDS, parseHex32, RawSpan } from '@tracekin/codec';
import type { Span } from '@tracekin/model';

/** The ids as words in the order of `RawMessage.ids`; returns whether the trace id has 32 characters. */
export function readIds(span: Span, ids: Uint32Array): boolean {
  if (span instanceof RawSpan) {
    const from = span.message.ids;
    const start = span.index * ID_WORDS;
    for (let i = 0; i < ID_WORDS; i++) ids[i] = from[start + i]!;
    return span.hasLongTraceId;
  }
  const { traceId, id, parentId } = span;
  const long = traceId.length === 32;
  const low = long ? 16 : 0;
  ids[0] = long ? parseHex32(traceId, 0) : 0;
  ids[1] = long ? parseHex32(traceId, 8) : 0;
  ids[2] = parseHex32(traceId, low);
  ids[3] = parseHex32(traceId, low + 8);
  ids[4] = parseHex32(id, 0);
  ids[5] = parseHex32(id, 8);
  ids[6] = parentId === undefined ? 0 : parseHex32(parentId, 0);
  ids[7] = parentId === undefined ? 0 : parseHex32(parentId, 8);
  return long;
}
