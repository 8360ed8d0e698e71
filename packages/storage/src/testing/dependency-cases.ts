import assert from 'node:assert/strict';
import type { DependencyLink, Span } from '@tracekin/model';
import type { Storage } from '../storage.ts';
import type { StorageCase } from './storage-case.ts';
import { BASE_MS, micros, newId, newLongTraceId, service, sharedCall, testSpan } from './storage-fixtures.ts';

const DAY_MS = 86_400_000;

/** All links of the kit's days. */
export function allLinks(storage: Storage): Promise<DependencyLink[]> {
  return storage.getDependencies({ endTs: BASE_MS + DAY_MS, lookback: 2 * DAY_MS });
}

export function link(parent: string, child: string, callCount: number, errorCount = 0): DependencyLink {
  return { parent, child, callCount, ...(errorCount > 0 && { errorCount }) };
}

/** A case that writes one set of spans and reads all links. */
function links(title: string, makeSpans: () => readonly Span[], expected: readonly DependencyLink[]): StorageCase {
  return {
    title,
    run: async ({ storage, write }) => {
      await write(...makeSpans());
      assert.deepEqual(await allLinks(storage), expected);
    },
  };
}

/** A call whose halves have ids of their own, as OpenTelemetry reports them. */
function separateCall(client: string, server: string, tags: Record<string, string> = {}): [Span, Span] {
  const half = testSpan({ kind: 'CLIENT', localEndpoint: service(client), tags });
  const { traceId } = half;
  return [half, testSpan({ traceId, parentId: half.id, kind: 'SERVER', localEndpoint: service(server) })];
}

export const dependencyCases: readonly StorageCase[] = [
  {
    title: 'an empty storage has no links',
    run: async ({ storage }) => {
      assert.deepEqual(await allLinks(storage), []);
    },
  },
  links('a shared call is one link', () => sharedCall('web', 'app'), [link('web', 'app', 1)]),
  links('a call of two ids is one link', () => separateCall('web', 'app'), [link('web', 'app', 1)]),
  links('a server half that forgot its shared flag is one link', () => {
    const [client, server] = sharedCall('web', 'app');
    return [client, testSpan({ ...server, shared: false })];
  }, [link('web', 'app', 1)]),
  links(
    'a client without a server half is linked to the remote service that it names',
    () => [testSpan({ kind: 'CLIENT', localEndpoint: service('app'), remoteEndpoint: service('mysql') })],
    [link('app', 'mysql', 1)],
  ),
  links(
    'a server without a client half is linked from the remote service that it names',
    () => [testSpan({ kind: 'SERVER', localEndpoint: service('app'), remoteEndpoint: service('browser') })],
    [link('browser', 'app', 1)],
  ),
  links('a server that nobody called is no link', () => [testSpan({ kind: 'SERVER' })], []),
  links('a chain of services is a link for each call', () => {
    const [web, app] = sharedCall('web', 'app');
    const [call, db] = sharedCall('app', 'db', { traceId: web.traceId, parentId: web.id });
    return [web, app, call, db];
  }, [link('app', 'db', 1), link('web', 'app', 1)]),
  links('local spans between two calls are passed over', () => {
    const [client, server] = separateCall('web', 'app');
    const { traceId } = client;
    const local = testSpan({ traceId, parentId: server.id, localEndpoint: service('app') });
    const inner = testSpan({ traceId, parentId: local.id, localEndpoint: service('app') });
    const deep = testSpan({ traceId, parentId: inner.id, kind: 'SERVER', localEndpoint: service('auth') });
    return [client, server, local, inner, deep];
  }, [link('app', 'auth', 1), link('web', 'app', 1)]),
  links('a producer and a consumer are linked to their broker and not to each other', () => {
    const producer = testSpan({ kind: 'PRODUCER', localEndpoint: service('shop'), remoteEndpoint: service('kafka') });
    const consumer = testSpan({
      traceId: producer.traceId,
      parentId: producer.id,
      kind: 'CONSUMER',
      localEndpoint: service('mail'),
      remoteEndpoint: service('kafka'),
    });
    return [producer, consumer];
  }, [link('kafka', 'mail', 1), link('shop', 'kafka', 1)]),
  links('messaging without a broker is no link', () => {
    const producer = testSpan({ kind: 'PRODUCER', localEndpoint: service('shop') });
    const { traceId } = producer;
    return [producer, testSpan({ traceId, parentId: producer.id, kind: 'CONSUMER', localEndpoint: service('mail') })];
  }, []),
  links(
    'a span of no kind that names both sides counts as a client',
    () => [testSpan({ localEndpoint: service('app'), remoteEndpoint: service('redis') })],
    [link('app', 'redis', 1)],
  ),
  links('a span of no kind with one name is no link', () => [testSpan(), testSpan({ kind: null })], []),
  links(
    'endpoints without a name are no link',
    () => [
      testSpan({ kind: 'CLIENT', localEndpoint: { ipv4: '1.2.3.4' }, remoteEndpoint: service('db') }),
      testSpan({ kind: 'CLIENT', localEndpoint: service('app'), remoteEndpoint: { ipv4: '1.2.3.4' } }),
    ],
    [],
  ),
  links('a service that calls itself is a link', () => sharedCall('app', 'app'), [link('app', 'app', 1)]),
  links(
    'an error tag makes a failed call, whatever its value',
    () => [
      ...[{ error: 'timeout' }, { error: '' }, {}].map(tags =>
        testSpan({ kind: 'CLIENT', localEndpoint: service('app'), remoteEndpoint: service('db'), tags }),
      ),
    ],
    [link('app', 'db', 3, 2)],
  ),
  links('an error tag on the client half fails the call', () => separateCall('web', 'app', { error: '500' }), [
    link('web', 'app', 1, 1),
  ]),
  links(
    'an annotation that says error does not fail the call',
    () => [
      testSpan({
        kind: 'CLIENT',
        localEndpoint: service('app'),
        remoteEndpoint: service('db'),
        annotations: [{ timestamp: micros(), value: 'error' }],
      }),
    ],
    [link('app', 'db', 1)],
  ),
  links('a missing call between two services is filled in', () => {
    const server = testSpan({ kind: 'SERVER', localEndpoint: service('web') });
    const { traceId } = server;
    const call = testSpan({
      traceId,
      parentId: server.id,
      kind: 'CLIENT',
      localEndpoint: service('app'),
      remoteEndpoint: service('db'),
    });
    return [server, call];
  }, [link('app', 'db', 1), link('web', 'app', 1)]),
  links('a trace without its root is linked where both sides are known', () => {
    const [client, server] = separateCall('web', 'app');
    return [testSpan({ ...client, parentId: newId() }), server];
  }, [link('web', 'app', 1)]),
  links(
    'calls of many traces are summed',
    () => Array.from({ length: 300 }, (_, i) => sharedCall('web', i % 3 === 0 ? 'users' : 'items')).flat(),
    [link('web', 'items', 200), link('web', 'users', 100)],
  ),
  links('spans of one trace with 64-bit and 128-bit ids are linked', () => {
    const traceId = newLongTraceId();
    const [client, server] = separateCall('web', 'app');
    return [testSpan({ ...client, traceId }), testSpan({ ...server, traceId: traceId.slice(16) })];
  }, [link('web', 'app', 1)]),
  links('a span reported in pieces is one call', () => {
    const whole = testSpan({ kind: 'CLIENT', localEndpoint: service('app'), remoteEndpoint: service('db') });
    const { traceId, id } = whole;
    return [
      testSpan({ traceId, id, kind: 'CLIENT', localEndpoint: service('app'), duration: null, name: null }),
      whole,
      testSpan({ traceId, id, timestamp: null, localEndpoint: service('app'), tags: { error: 'late' } }),
    ];
  }, [link('app', 'db', 1, 1)]),
  links('a chain of 2,000 spans is linked', () => {
    const ids = Array.from({ length: 2000 }, newId);
    const traceId = newId();
    return ids.map((id, i) =>
      testSpan({ traceId, id, parentId: ids[i - 1], kind: 'SERVER', localEndpoint: service(`s${i % 2}`) }),
    );
  }, [link('s0', 's1', 1000), link('s1', 's0', 999)]),
  {
    title: 'links are those of traces that start inside of the window, ends included',
    run: async ({ storage, write }) => {
      await write(...sharedCall('web', 'app', { timestamp: micros() }));
      for (const [endTs, lookback, found] of [
        [BASE_MS, 1, true],
        [BASE_MS - 1, 1000, false],
        [BASE_MS + 10, 10, true],
        [BASE_MS + 10, 9, false],
      ] as const) {
        const expected = found ? [link('web', 'app', 1)] : [];
        assert.deepEqual(
          await storage.getDependencies({ endTs, lookback }),
          expected,
          `${endTs - BASE_MS}, ${lookback}`,
        );
      }
    },
  },
  {
    title: 'a trace counts where its root starts, with all of its calls',
    run: async ({ storage, write }) => {
      const [web, app] = sharedCall('web', 'app', { timestamp: micros() });
      const later = { traceId: web.traceId, parentId: web.id, timestamp: micros(3_600_000) };
      const [call, db] = sharedCall('app', 'db', later);
      await write(web, app, call, db);
      assert.deepEqual(await storage.getDependencies({ endTs: BASE_MS + 1000, lookback: 2000 }), [
        link('app', 'db', 1),
        link('web', 'app', 1),
      ]);
      assert.deepEqual(await storage.getDependencies({ endTs: BASE_MS + 3_601_000, lookback: 2000 }), []);
    },
  },
  {
    title: 'a trace without a root counts where its first span starts',
    run: async ({ storage, write }) => {
      const parentId = newId();
      const [web, app] = sharedCall('web', 'app', { parentId, timestamp: micros() });
      await write(app, web);
      assert.equal((await storage.getDependencies({ endTs: BASE_MS, lookback: 1 })).length, 1);
    },
  },
  {
    title: 'a trace without timestamps is in no window',
    run: async ({ storage, write }) => {
      await write(...sharedCall('web', 'app', { timestamp: null }));
      assert.deepEqual(await allLinks(storage), []);
    },
  },
  {
    title: 'windows side by side add up to the window over both',
    run: async ({ storage, write }) => {
      for (const hour of [-5, -1, 1, 5])
        await write(...sharedCall('web', 'app', { timestamp: micros(hour * 3_600_000) }));
      const count = async (endTs: number, lookback: number) =>
        (await storage.getDependencies({ endTs, lookback })).reduce((sum, { callCount }) => sum + callCount, 0);
      assert.equal(await count(BASE_MS, 8 * 3_600_000), 2);
      assert.equal(await count(BASE_MS + 8 * 3_600_000, 8 * 3_600_000 - 1), 2);
      assert.equal(await count(BASE_MS + 8 * 3_600_000, 16 * 3_600_000), 4);
    },
  },
];
