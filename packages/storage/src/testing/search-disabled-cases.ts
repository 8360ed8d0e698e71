import assert from 'node:assert/strict';
import { assertSameSpans } from './assert-same-spans.ts';
import type { StorageCase } from './storage-case.ts';
import { BASE_MS, sharedCall, testQuery, testSpan } from './storage-fixtures.ts';

const OPTIONS = { searchEnabled: false, autocompleteKeys: ['environment'] };

export const searchDisabledCases: readonly StorageCase[] = [
  {
    title: 'search disabled: search, names and autocomplete answer empty',
    options: OPTIONS,
    run: async ({ storage, write }) => {
      await write(testSpan({ tags: { environment: 'prod' }, remoteEndpoint: { serviceName: 'db' } }));
      assert.deepEqual(await storage.findTraces(testQuery()), []);
      assert.deepEqual(await storage.findTraces(testQuery({ serviceName: 'frontend' })), []);
      assert.deepEqual(await storage.getServiceNames(), []);
      assert.deepEqual(await storage.getSpanNames('frontend'), []);
      assert.deepEqual(await storage.getRemoteServiceNames('frontend'), []);
      assert.deepEqual(await storage.getAutocompleteValues('environment'), []);
    },
  },
  {
    title: 'search disabled: traces by id and dependency links still work',
    options: OPTIONS,
    run: async ({ storage, write }) => {
      const halves = sharedCall('frontend', 'backend');
      await write(...halves);
      assertSameSpans(await storage.getTrace(halves[0].traceId), halves);
      assertSameSpans((await storage.getTraces([halves[0].traceId])).flat(), halves);
      assert.deepEqual(await storage.getDependencies({ endTs: BASE_MS + 1000, lookback: 2000 }), [
        { parent: 'frontend', child: 'backend', callCount: 1 },
      ]);
    },
  },
];
