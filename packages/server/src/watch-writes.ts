import type { Span } from '@tracekin/model';
import type { SpanBatch, Storage } from '@tracekin/storage';

/** A storage that says what it holds after each write. */
export function watchWrites(storage: Storage, written: (spans: readonly Span[]) => void): Storage {
  const write = async (batch: SpanBatch): Promise<void> => {
    await storage.write(batch);
    written(batch.spans);
  };
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'write') return write;
      // Bound to the storage itself: its private fields are not the proxy's.
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
