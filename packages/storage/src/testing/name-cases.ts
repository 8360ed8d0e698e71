import assert from 'node:assert/strict';
import type { StorageCase } from './storage-case.ts';
import { micros, newLongTraceId, service, sharedCall, testSpan } from './storage-fixtures.ts';

export const nameCases: readonly StorageCase[] = [
  {
    title: 'an empty storage has no names',
    run: async ({ storage }) => {
      assert.deepEqual(await storage.getServiceNames(), []);
      assert.deepEqual(await storage.getSpanNames('frontend'), []);
      assert.deepEqual(await storage.getRemoteServiceNames('frontend'), []);
    },
  },
  {
    title: 'service names are the local ones, sorted, each once',
    run: async ({ storage, write }) => {
      await write(
        ...sharedCall('web', 'app'),
        testSpan({ localEndpoint: service('db'), remoteEndpoint: service('disk') }),
      );
      await write(testSpan({ localEndpoint: service('web') }), testSpan({ localEndpoint: null }));
      await write(testSpan({ localEndpoint: { ipv4: '1.2.3.4' } }));
      assert.deepEqual(await storage.getServiceNames(), ['app', 'db', 'web']);
    },
  },
  {
    title: 'span names are those of one service, sorted, each once',
    run: async ({ storage, write }) => {
      for (const name of ['put', 'get', 'post', 'get', null]) await write(testSpan({ name }));
      await write(testSpan({ name: 'other', localEndpoint: service('backend') }));
      assert.deepEqual(await storage.getSpanNames('frontend'), ['get', 'post', 'put']);
      assert.deepEqual(await storage.getSpanNames('backend'), ['other']);
      assert.deepEqual(await storage.getSpanNames('unknown'), []);
      assert.deepEqual(await storage.getSpanNames(''), []);
    },
  },
  {
    title: 'span names of a service do not mix with those of the other half of a shared span',
    run: async ({ storage, write }) => {
      const [client, server] = sharedCall('web', 'app', { name: 'call' });
      await write(client, testSpan({ ...server, name: 'handle' }));
      assert.deepEqual(await storage.getSpanNames('web'), ['call']);
      assert.deepEqual(await storage.getSpanNames('app'), ['handle']);
    },
  },
  {
    title: 'remote service names are those that one service named, sorted, each once',
    run: async ({ storage, write }) => {
      for (const name of ['mysql', 'cache', 'mysql']) await write(testSpan({ remoteEndpoint: service(name) }));
      await write(testSpan({ remoteEndpoint: { ipv4: '1.2.3.4' } }), testSpan());
      await write(testSpan({ localEndpoint: service('backend'), remoteEndpoint: service('kafka') }));
      await write(testSpan({ localEndpoint: null, remoteEndpoint: service('nobody') }));
      assert.deepEqual(await storage.getRemoteServiceNames('frontend'), ['cache', 'mysql']);
      assert.deepEqual(await storage.getRemoteServiceNames('backend'), ['kafka']);
      assert.deepEqual(await storage.getRemoteServiceNames('unknown'), []);
      assert.deepEqual(await storage.getRemoteServiceNames('mysql'), []);
    },
  },
  {
    title: 'a service without remote services or span names has none',
    run: async ({ storage, write }) => {
      await write(testSpan({ name: null }));
      assert.deepEqual(await storage.getServiceNames(), ['frontend']);
      assert.deepEqual(await storage.getSpanNames('frontend'), []);
      assert.deepEqual(await storage.getRemoteServiceNames('frontend'), []);
    },
  },
  {
    title: 'names sort by code point and may hold any character',
    run: async ({ storage, write }) => {
      const names = ['a b', "a'b", 'a-b', 'a.b', 'a/b', 'ab', 'äb', 'zb', '日本'];
      for (const name of names) {
        await write(testSpan({ name, localEndpoint: service(name), remoteEndpoint: service(name) }));
      }
      assert.deepEqual(await storage.getServiceNames(), names.toSorted());
      for (const name of names) {
        assert.deepEqual(await storage.getSpanNames(name), [name]);
        assert.deepEqual(await storage.getRemoteServiceNames(name), [name]);
      }
    },
  },
  {
    title: 'spans of 128-bit traces and spans of many times have names like others',
    run: async ({ storage, write }) => {
      await write(testSpan({ traceId: newLongTraceId(), localEndpoint: service('long') }));
      await write(testSpan({ timestamp: micros(-3_600_000), localEndpoint: service('earlier') }));
      assert.deepEqual(await storage.getServiceNames(), ['earlier', 'long']);
    },
  },
  {
    title: 'a service may have hundreds of names',
    run: async ({ storage, write }) => {
      const names = Array.from({ length: 1500 }, (_, i) => `name ${i}`);
      await write(...names.map(name => testSpan({ name, remoteEndpoint: service(name) })));
      assert.deepEqual(await storage.getSpanNames('frontend'), names.toSorted());
      assert.deepEqual(await storage.getRemoteServiceNames('frontend'), names.toSorted());
    },
  },
];
