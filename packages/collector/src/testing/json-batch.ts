import { decodeSpans, encodeSpans } from '@tracekin/codec';
import type { Span } from '@tracekin/model';
import type { OpenBatch, SpanBatch } from '@tracekin/storage';

/** A batch whose form of its own is JSON. It complains when it is used in another order than the contract has. */
export function jsonBatch(write: (batch: SpanBatch) => Promise<void>): OpenBatch {
  const messages: Uint8Array[] = [];
  let state: 'open' | 'written' | 'closed' = 'open';
  const spans = (): Span[] => {
    if (state === 'closed') throw new Error('the batch is closed');
    return messages.flatMap(message => decodeSpans(message, 'json-v2'));
  };
  return {
    add(added) {
      if (state !== 'open') throw new Error(`spans for a batch that is ${state}`);
      messages.push(encodeSpans(added, 'json-v2'));
    },
    write(id) {
      const batch = { id, spans: spans() };
      state = 'written';
      return write(batch);
    },
    spans,
    close() {
      state = 'closed';
      messages.length = 0;
    },
  };
}
