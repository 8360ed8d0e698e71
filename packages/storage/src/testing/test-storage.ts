import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Span } from '@tracekin/model';
import type { Storage, StorageOptions } from '../storage.ts';
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

/** A backend as the contract kit needs it. */
export interface StorageUnderTest {
  /** Shown in the titles. */
  readonly name: string;
  /** Opens an **empty** storage; called once per test, so make it cheap: a new database in a running engine, a new index prefix. */
  readonly open: (options: Partial<StorageOptions>) => Promise<Storage>;
  /** Tests that the backend cannot pass: exact title to reason. One that matches no test fails. */
  readonly exempt?: Readonly<Record<string, string>>;
  /** Waits until what was written can be read, for a backend with a refresh interval. */
  readonly settle?: (storage: Storage) => Promise<void>;
}

const TOPICS: Readonly<Record<string, readonly StorageCase[]>> = {
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
  lifecycle: lifecycleCases,
};

const TIMEOUT_MS = 60_000;

/**
 * Registers the contract's tests for one backend with node:test: everything that `Storage` promises and that Zipkin's own
 * storages do (zipkin.md 1.2 to 1.4, 3.0, 4). Call it once in a test file of the backend.
 */
export function testStorage(backend: StorageUnderTest): void {
  const exempt = new Map(Object.entries(backend.exempt ?? {}));
  describe(`storage contract: ${backend.name}`, () => {
    const titles = new Set<string>();
    for (const [topic, cases] of Object.entries(TOPICS)) {
      describe(topic, () => {
        for (const storageCase of cases) {
          assert(!titles.has(storageCase.title), `two tests are called "${storageCase.title}"`);
          titles.add(storageCase.title);
          const reason = exempt.get(storageCase.title);
          const options = { timeout: TIMEOUT_MS, ...(reason !== undefined && { skip: reason }) };
          it(storageCase.title, options, () => runCase(backend, storageCase));
        }
      });
    }
    it('has an exemption only for tests that exist', () => {
      const known = Object.values(TOPICS).flatMap(cases => cases.map(({ title }) => title));
      assert.deepEqual(
        [...exempt.keys()].filter(title => !known.includes(title)),
        [],
      );
    });
  });
}

async function runCase(backend: StorageUnderTest, { options, run }: StorageCase): Promise<void> {
  await using storage = await backend.open(options ?? {});
  let batches = 0;
  const settle = async (): Promise<void> => backend.settle?.(storage);
  const write = async (...spans: readonly Span[]): Promise<void> => {
    await storage.write({ id: `batch-${++batches}`, spans });
    await settle();
  };
  await run({ storage, write, settle });
}
