import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Connection } from '../connection.ts';
import { migrate } from '../schema/migrate.ts';
import { engineMissing, temporaryEngine } from '../testing/embedded-engine.ts';
import { Lease, newServerName } from './lease.ts';

const missing = engineMissing();

if (missing !== undefined) {
  test('leases on the embedded engine', t => t.skip(missing));
} else {
  const { engine, close } = temporaryEngine();
  after(close);
  test('the server that runs longest leads once it has waited, and a newer one does not', async () => {
    const connection = new Connection(() => engine.endpoint());
    const layout = { database: 'leases' };
    await migrate(connection, layout);
    let now = 0;
    const first = new Lease(connection, layout, newServerName(1_000), () => now);
    const second = new Lease(connection, layout, newServerName(2_000), () => now);
    assert.equal(await first.isLeader(), false, 'not before it is sure');
    assert.equal(await second.isLeader(), false);
    now = 9_999;
    await first.beat();
    assert.equal(await first.isLeader(), false);
    now = 10_001;
    await second.beat();
    assert.equal(await first.isLeader(), true);
    assert.equal(await second.isLeader(), false);
    now = 20_000;
    assert.equal(await first.isLeader(), false, 'not when it was long cut off from the engine');
    await first.beat();
    assert.equal(await first.isLeader(), true);
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await connection.close();
  });

  test('servers may bring the schema up at the same time', async () => {
    const connections = Array.from({ length: 4 }, () => new Connection(() => engine.endpoint()));
    await Promise.all(connections.map(connection => migrate(connection, { database: 'race' })));
    await migrate(connections[0]!, { database: 'race' });
    for (const connection of connections) await connection.close();
  });
}
