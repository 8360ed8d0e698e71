import { after, test } from 'node:test';
import { testStorage } from '@tracekin/storage/testing';
import { ClickHouseStorage } from './clickhouse-storage.ts';
import { Connection } from './connection.ts';
import { engineMissing, temporaryEngine } from './testing/embedded-engine.ts';

const missing = engineMissing();
if (missing !== undefined) {
  test('the storage contract on the embedded engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  let databases = 0;
  testStorage({
    name: 'embedded ClickHouse',
    open: async options =>
      new ClickHouseStorage({
        name: 'ClickHouseStorage{embedded}',
        connection: new Connection(() => engine.endpoint()),
        layout: { database: `contract_${++databases}` },
        options: { strictTraceId: true, searchEnabled: true, autocompleteKeys: [], ...options },
        log: () => {},
      }),
  });
}
