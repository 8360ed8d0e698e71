import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONTRACT, type Opening, runCase } from './contract.ts';

/** A backend as the contract kit needs it. */
export interface StorageUnderTest extends Opening {
  /** Shown in the titles. */
  readonly name: string;
  /** Tests that the backend cannot pass: exact title to reason. One that matches no test fails. */
  readonly exempt?: Readonly<Record<string, string>>;
}

const TIMEOUT_MS = 60_000;

/**
 * Registers the contract's tests for one backend with node:test: everything that `Storage` promises and that Zipkin's own
 * storages do (zipkin.md 1.2 to 1.4, 3.0, 4). Call it once in a test file of the backend.
 */
export function testStorage(backend: StorageUnderTest): void {
  const exempt = new Map(Object.entries(backend.exempt ?? {}));
  describe(`storage contract: ${backend.name}`, () => {
    const titles = new Set<string>();
    for (const [topic, cases] of Object.entries(CONTRACT)) {
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
      const known = Object.values(CONTRACT).flatMap(cases => cases.map(({ title }) => title));
      assert.deepEqual(
        [...exempt.keys()].filter(title => !known.includes(title)),
        [],
      );
    });
  });
}
