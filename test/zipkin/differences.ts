import type { Answer } from './exchange.ts';

const placed = 'our text names the field and the rule; Zipkin adds the position and help of its own parser';

/** Where Tracekin answers otherwise than Zipkin on purpose: the exchange, why, and what Tracekin says instead. */
export const differences: readonly {
  readonly exchange: string;
  readonly why: string;
  readonly ours: Partial<Answer>;
}[] = [
  {
    exchange: 'an empty body in gzip',
    why: "Brave's proto3 reporter sends it when it flushes an empty queue; there is nothing to refuse in it",
    ours: { status: 202, body: '' },
  },
  {
    exchange: 'characters to escape',
    why: 'Zipkin counts the bytes of some escapes wrongly and ends its answer with NUL characters, which no JSON parser takes',
    ours: { status: 200 },
  },
  {
    exchange: 'a list that ends early',
    why: placed,
    ours: { status: 400, body: 'Malformed reading List<Span> from json' },
  },
  { exchange: 'JSON sent as proto3', why: placed, ours: { status: 400 } },
  { exchange: 'a null trace id', why: placed, ours: { status: 400 } },
  { exchange: 'a boolean tag value', why: placed, ours: { status: 400 } },
  { exchange: 'an object as tag value', why: placed, ours: { status: 400 } },
  { exchange: 'text as timestamp', why: placed, ours: { status: 400 } },
  { exchange: 'a text duration', why: placed, ours: { status: 400 } },
  { exchange: 'debug as text', why: placed, ours: { status: 400 } },
];
