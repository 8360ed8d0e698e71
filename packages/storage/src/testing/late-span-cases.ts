import assert from 'node:assert/strict';
import { allLinks, link } from './dependency-cases.ts';
import type { StorageCase } from './storage-case.ts';
import { micros, newId, service, sharedCall, testSpan } from './storage-fixtures.ts';

/** Links after each of several writes: a backend that counts ahead of time has to correct what it counted. */
export const lateSpanCases: readonly StorageCase[] = [
  {
    title: 'a server half that comes late does not count the call twice',
    run: async ({ storage, write }) => {
      const [client, server] = sharedCall('web', 'app', { remoteEndpoint: service('app') });
      await write(client);
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1)]);
      await write(server);
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1)]);
    },
  },
  {
    title: 'a server half that comes late replaces the name that the client used',
    run: async ({ storage, write }) => {
      const [client, server] = sharedCall('web', 'app', { remoteEndpoint: service('load-balancer') });
      await write(client);
      assert.deepEqual(await allLinks(storage), [link('web', 'load-balancer', 1)]);
      await write(server);
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1)]);
    },
  },
  {
    title: 'a client half that comes late makes the link',
    run: async ({ storage, write }) => {
      const [client, server] = sharedCall('web', 'app');
      await write(server);
      assert.deepEqual(await allLinks(storage), []);
      await write(client);
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1)]);
    },
  },
  {
    title: 'an error tag that comes late fails the call',
    run: async ({ storage, write }) => {
      const [client, server] = sharedCall('web', 'app');
      await write(client, server);
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1)]);
      await write(testSpan({ ...server, name: null, timestamp: null, duration: null, tags: { error: 'late' } }));
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1, 1)]);
    },
  },
  {
    title: 'a root that comes late moves the trace to where it starts',
    run: async ({ storage, write }) => {
      const rootId = newId();
      const [client, server] = sharedCall('web', 'app', { parentId: rootId, timestamp: micros(3_600_000) });
      const window = { endTs: micros(3_600_000) / 1000 + 100, lookback: 200 };
      await write(client, server);
      assert.deepEqual(await storage.getDependencies(window), [link('web', 'app', 1)]);
      await write(
        testSpan({ traceId: client.traceId, id: rootId, timestamp: micros(), localEndpoint: service('web') }),
      );
      assert.deepEqual(await storage.getDependencies(window), []);
      assert.deepEqual(await allLinks(storage), [link('web', 'app', 1)]);
    },
  },
  {
    title: 'spans sent again do not count again',
    run: async ({ storage, write }) => {
      const spans = [...sharedCall('web', 'app'), ...sharedCall('web', 'app')];
      for (let i = 0; i < 3; i++) {
        await write(...spans);
        assert.deepEqual(await allLinks(storage), [link('web', 'app', 2)]);
      }
    },
  },
  {
    title: 'every order of writing a trace gives the same links',
    run: async ({ storage, write }) => {
      const trace = () => {
        const [web, app] = sharedCall('web', 'app', { tags: { error: '' } });
        return [web, app, ...sharedCall('app', 'db', { traceId: web.traceId, parentId: web.id })];
      };
      for (const order of ['0123', '3210', '2031', '1302']) {
        const spans = trace();
        for (const i of order) await write(spans[Number(i)]!);
      }
      const [first, second] = await allLinks(storage);
      assert.deepEqual(first, link('app', 'db', 4));
      assert.equal(second?.callCount, 4);
      assert.equal(second?.child, 'app');
    },
  },
];
