import { decodeRawSpans, decodeSpans } from '@tracekin/codec';
import type { Storage } from '@tracekin/storage';

/** A storage with a form of its own for spans makes it of bytes where it can; all others want texts. */
export function decoderFor(storage: Pick<Storage, 'openBatch'>): typeof decodeSpans {
  return storage.openBatch === undefined ? decodeSpans : decodeRawSpans;
}
