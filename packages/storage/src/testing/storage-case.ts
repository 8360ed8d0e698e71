import type { Span } from '@tracekin/model';
import type { Storage, StorageOptions } from '../storage.ts';

/** What a test of the kit works with. */
export interface StorageTest {
  /** Empty at the start; closed after the test. */
  readonly storage: Storage;
  /** Writes a batch with an id of its own and waits until it can be read. */
  readonly write: (...spans: readonly Span[]) => Promise<void>;
  /** Waits until what the test wrote by itself can be read. */
  readonly settle: () => Promise<void>;
}

/** One promise of the contract. The title is unique over the whole kit: exemptions go by it. */
export interface StorageCase {
  readonly title: string;
  readonly options?: Partial<StorageOptions>;
  readonly run: (test: StorageTest) => Promise<void>;
}
