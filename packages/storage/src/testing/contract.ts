import type { Span } from '@tracekin/model';
import type { Storage, StorageOptions } from '../storage.ts';
import { analysisCases } from './analysis-cases.ts';
import { autocompleteCases } from './autocomplete-cases.ts';
import { dependencyCases } from './dependency-cases.ts';
import { lateSpanCases } from './late-span-cases.ts';
import { lifecycleCases } from './lifecycle-cases.ts';
import { nameCases } from './name-cases.ts';
import { sameSpanCases } from './same-span-cases.ts';
import { searchCases } from './search-cases.ts';
import { searchDisabledCases } from './search-disabled-cases.ts';
import type { StorageCase } from './storage-case.ts';
import { traceCases } from './trace-cases.ts';
import { traceIdCases } from './trace-id-cases.ts';
import { valueCases } from './value-cases.ts';
import { windowCases } from './window-cases.ts';
import { writeCases } from './write-cases.ts';

/** Every test of the kit, by what it is about. */
export const CONTRACT: Readonly<Record<string, readonly StorageCase[]>> = {
  write: writeCases,
  'trace by id': traceCases,
  'trace ids': traceIdCases,
  values: valueCases,
  search: searchCases,
  'all criteria on one span': sameSpanCases,
  'window of time': windowCases,
  names: nameCases,
  autocomplete: autocompleteCases,
  'dependency links': dependencyCases,
  'late spans': lateSpanCases,
  'search disabled': searchDisabledCases,
  analysis: analysisCases,
  lifecycle: lifecycleCases,
};

/** How a backend takes part in a test. */
export interface Opening {
  /** Opens an **empty** storage; called once per test, so make it cheap: a new database in a running engine, a new index prefix. */
  readonly open: (options: Partial<StorageOptions>) => Promise<Storage>;
  /** Waits until what was written can be read, for a backend with a refresh interval. */
  readonly settle?: (storage: Storage) => Promise<void>;
}

/** Runs one test of the kit on a storage of its own; rejects when the storage breaks the promise. */
export async function runCase(backend: Opening, { options, run }: StorageCase): Promise<void> {
  await using storage = await backend.open(options ?? {});
  let batches = 0;
  const settle = async (): Promise<void> => backend.settle?.(storage);
  const write = async (...spans: readonly Span[]): Promise<void> => {
    await storage.write({ id: `batch-${++batches}`, spans });
    await settle();
  };
  await run({ storage, write, settle });
}
