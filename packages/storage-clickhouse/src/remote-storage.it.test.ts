import { after, test } from 'node:test';
import { testStorage } from '@tracekin/storage/testing';
import { openClickHouseStorage } from './open-storage.ts';
import { engineMissing, temporaryEngine } from './testing/embedded-engine.ts';

const missing = engineMissing();
if (missing !== undefined) {
  test('the storage contract on a ClickHouse server', t => t.skip(missing));
} else {
  // Another process that speaks ClickHouse's HTTP, as far as this client can tell a server.
  const { engine, close } = temporaryEngine({ credentials: { username: 'someone', password: 'a secret' } });
  after(close);
  let databases = 0;
  testStorage({
    name: 'ClickHouse by URL',
    open: async options => {
      const { url } = await engine.endpoint();
      return openClickHouseStorage({
        url,
        username: 'someone',
        password: 'a secret',
        database: `remote-${++databases}`,
        strictTraceId: true,
        searchEnabled: true,
        autocompleteKeys: [],
        ...options,
      });
    },
  });
}
