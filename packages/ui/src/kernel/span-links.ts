import { piecesOf } from './detail.ts';
import type { Records } from './records.ts';
import type { Trace, TraceSource } from './trace.ts';

/** A span that another one names, in this trace or in another. */
export interface SpanLink {
  /** 16 or 32 lower-hex characters. */
  readonly traceId: string;
  readonly spanId: string;
}

const KEY = /^otel\.link\.\d+$/;

/** A link as our server stores OTLP's: tags `otel.link.0` and so on with `traceId/spanId`; undefined for any other tag. */
export function readSpanLink(key: string, value: string): SpanLink | undefined {
  const [, traceId, spanId] = (KEY.test(key) && /^([0-9a-f]{16,32})\/([0-9a-f]{16})$/.exec(value)) || [];
  return traceId === undefined || spanId === undefined ? undefined : { traceId, spanId };
}

/** Whether the link stays in the trace: ids that differ only by their high 64 bits are one trace. */
export function isWithin(trace: Pick<Trace, 'traceId'>, link: SpanLink): boolean {
  return link.traceId.slice(-16) === trace.traceId.slice(-16);
}

/** The other way round: by span id, the rows of this trace that name it, in order and each once. */
export function linksBack(records: Records, trace: Trace, source: TraceSource): ReadonlyMap<string, readonly number[]> {
  const back = new Map<string, number[]>();
  const keys = Uint8Array.from(records.keys.strings, key => (KEY.test(key) ? 1 : 0));
  if (!keys.includes(1)) return back;
  for (let row = 0; row < trace.count; row++) {
    for (const piece of piecesOf(source, row)) {
      for (let t = piece === 0 ? 0 : records.tagEnd.at(piece - 1); t < records.tagEnd.at(piece); t++) {
        const key = records.tagKey.at(t);
        if (keys[key] !== 1) continue;
        const value = records.values.strings[records.tagValue.at(t)] as string;
        const link = readSpanLink(records.keys.strings[key] as string, value);
        if (link === undefined || !isWithin(trace, link)) continue;
        const rows = back.get(link.spanId);
        if (rows === undefined) back.set(link.spanId, [row]);
        else if (rows.at(-1) !== row) rows.push(row);
      }
    }
  }
  return back;
}
