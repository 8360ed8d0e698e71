import type { Answer } from './exchange.ts';

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
];
