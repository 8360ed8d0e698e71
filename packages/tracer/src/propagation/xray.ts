import { first, type PropagationFormat } from './format.ts';
import { parseSpanId, parseTraceId } from './hex-id.ts';

const ROOT = /^1-([0-9a-f]{8})-([0-9a-f]{24})$/;
const MAX_HEADER_CHARS = 1024;

/** AWS X-Ray: `X-Amzn-Trace-Id: Root=1-{8 hex}-{24 hex};Parent={16 hex};Sampled={0|1}`. */
export const xray: PropagationFormat = {
  fields: ['x-amzn-trace-id'],

  extract(carrier, get) {
    const header = first(carrier, get, 'x-amzn-trace-id');
    if (header === undefined || header.length > MAX_HEADER_CHARS) return undefined;
    let traceId: string | undefined;
    let spanId: string | undefined;
    let sampled: boolean | undefined;
    for (const part of header.split(';')) {
      const equals = part.indexOf('=');
      const value = part.slice(equals + 1).trim();
      switch (part.slice(0, Math.max(0, equals)).trim().toLowerCase()) {
        case 'root': {
          const match = ROOT.exec(value.toLowerCase());
          if (match !== null) traceId = parseTraceId(match[1]! + match[2]!);
          break;
        }
        case 'parent':
          spanId = parseSpanId(value);
          break;
        case 'sampled':
          // '?' asks the receiver to decide
          sampled = value === '1' ? true : value === '0' ? false : undefined;
          break;
      }
    }
    if (traceId !== undefined && spanId !== undefined) return { traceId, spanId, sampled };
    return sampled === undefined ? undefined : { sampled };
  },

  inject(context, carrier, set) {
    const id = context.traceId.padStart(32, '0');
    const sampled = context.sampled ? '1' : '0';
    set(
      carrier,
      'x-amzn-trace-id',
      `Root=1-${id.slice(0, 8)}-${id.slice(8)};Parent=${context.spanId};Sampled=${sampled}`,
    );
  },
};
