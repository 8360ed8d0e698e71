import type { MergedSpans } from './merge.ts';
import { CLIENT, type Records, SERVER } from './records.ts';
import type { SpanTree } from './tree.ts';

/**
 * How much to add to the times of each merged span so that no server seems to start before its client asked. The rule is
 * `@tracekin/model`'s (`correctClockSkew`, zipkin.md 1.4): only pairs of client and server on different addresses, both with a
 * start; the latency is split equally between the way there and back; what is found moves all spans below that were
 * recorded at the same address. Traces without a root or with several are left as they are.
 *
 * @param order every parent before its children
 * @returns µs per merged span
 */
export function clockSkew(records: Records, spans: MergedSpans, tree: SpanTree, order: Int32Array): Float64Array {
  const count = spans.count;
  const shift = new Float64Array(count);
  if (tree.root < 0) return shift;
  // The skew in force at a span, for its children: µs to add, and the endpoint whose address it holds for.
  const skew = new Float64Array(count);
  const skewAt = new Int32Array(count).fill(-1);
  for (let i = 0; i < count; i++) {
    const s = order[i] as number;
    if (s === tree.root) continue;
    // What has lost its parent is taken to be the root's child, as the model does.
    const p = (tree.parent[s] as number) < 0 ? tree.root : (tree.parent[s] as number);
    const own = spans.endpoint.at(s);
    skew[s] = skew[p] as number;
    skewAt[s] = skewAt[p] as number;
    if (sameAddress(records, own, skewAt[p] as number)) shift[s] = skew[p] as number;
    const found = skewOfPair(records, spans, shift, p, s);
    if (found !== 0) {
      skew[s] = found;
      skewAt[s] = own;
      if (sameAddress(records, own, own)) shift[s] = (shift[s] as number) + found;
    }
  }
  return shift;
}

/** µs to add to server `s` because of client `p`; 0 when there is nothing to correct. */
function skewOfPair(records: Records, spans: MergedSpans, shift: Float64Array, p: number, s: number): number {
  if (spans.kind.at(p) !== CLIENT || spans.kind.at(s) !== SERVER) return 0;
  const clientAt = spans.endpoint.at(p);
  const serverAt = spans.endpoint.at(s);
  if (clientAt < 0 || serverAt < 0 || sameAddress(records, clientAt, serverAt)) return 0;
  if (spans.timestamp.at(p) === 0 || spans.timestamp.at(s) === 0) return 0;
  // A server that starts after its client may be anything, e.g. asynchronous: only the impossible is corrected.
  const ahead = spans.timestamp.at(p) + (shift[p] as number) - (spans.timestamp.at(s) + (shift[s] as number));
  if (ahead < 0) return 0;
  const clientDuration = spans.duration.at(p);
  const serverDuration = spans.duration.at(s);
  if (clientDuration === 0 || serverDuration === 0 || serverDuration > clientDuration) return ahead + 1;
  return ahead + Math.floor((clientDuration - serverDuration) / 2);
}

/** False for an endpoint without an address, even with itself. */
function sameAddress(records: Records, a: number, b: number): boolean {
  if (a < 0 || b < 0) return false;
  const { ipv4, ipv6 } = records.endpoints;
  return (ipv4[a] !== '' && ipv4[a] === ipv4[b]) || (ipv6[a] !== '' && ipv6[a] === ipv6[b]);
}
