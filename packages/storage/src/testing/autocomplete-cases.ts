import assert from 'node:assert/strict';
import type { StorageCase } from './storage-case.ts';
import { service, testSpan } from './storage-fixtures.ts';

const OPTIONS = { autocompleteKeys: ['environment', 'http.host'] };

export const autocompleteCases: readonly StorageCase[] = [
  {
    title: 'a configured key offers the values of any service, sorted, each once',
    options: OPTIONS,
    run: async ({ storage, write }) => {
      for (const host of ['b.example', 'a.example', 'b.example'])
        await write(testSpan({ tags: { 'http.host': host } }));
      await write(
        testSpan({ localEndpoint: service('other'), tags: { 'http.host': 'c.example', environment: 'test' } }),
      );
      await write(testSpan({ localEndpoint: null, tags: { environment: 'prod' } }), testSpan());
      assert.deepEqual(await storage.getAutocompleteValues('http.host'), ['a.example', 'b.example', 'c.example']);
      assert.deepEqual(await storage.getAutocompleteValues('environment'), ['prod', 'test']);
    },
  },
  {
    title: 'a key that is not configured offers nothing',
    options: OPTIONS,
    run: async ({ storage, write }) => {
      await write(
        testSpan({ tags: { 'http.path': '/', host: 'x' }, annotations: [{ timestamp: 1, value: 'http.host' }] }),
      );
      for (const key of ['http.path', 'host', 'HTTP.HOST', '__proto__', '']) {
        assert.deepEqual(await storage.getAutocompleteValues(key), [], key);
      }
      assert.deepEqual(await storage.getAutocompleteValues('http.host'), []);
    },
  },
  {
    title: 'without configured keys nothing is offered',
    run: async ({ storage, write }) => {
      await write(testSpan({ tags: { environment: 'prod' } }));
      assert.deepEqual(await storage.getAutocompleteValues('environment'), []);
    },
  },
];
