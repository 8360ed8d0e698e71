import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace, shuffledTrace } from '../test/arbitrary-trace.ts';
import { at, NOON, sharedCall, span } from '../test/build-span.ts';
import { mergeTrace } from './merge-trace.ts';
import { normalizeSpan } from './normalize-span.ts';

describe('mergeTrace', () => {
  it('leaves complete spans as they are', () => {
    const spans = [span('1'), span('2', { parentId: '1' })];
    assert.deepEqual(mergeTrace(spans), spans);
    assert.deepEqual(mergeTrace([]), []);
  });

  it('sorts by id, the client half before the server half', () => {
    const [client, server] = sharedCall('2', 'web', 'app', '1');
    const root = span('1');
    assert.deepEqual(mergeTrace([server, client, root]), [root, client, server]);
  });

  it('puts the pieces of a span together', () => {
    const started = span('1', {
      kind: 'CLIENT',
      timestamp: NOON,
      localEndpoint: { serviceName: 'web' },
      annotations: [{ timestamp: NOON, value: 'ws' }],
      tags: { a: '1', b: 'early' },
    });
    const finished = span('1', {
      kind: 'CLIENT',
      name: 'get',
      duration: 10,
      timestamp: NOON + 1,
      localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1' },
      remoteEndpoint: { serviceName: 'app' },
      annotations: [{ timestamp: NOON + 9, value: 'wr' }],
      tags: { b: 'late', c: '3' },
      debug: true,
    });
    assert.deepEqual(mergeTrace([finished, started]), [
      span('1', {
        kind: 'CLIENT',
        name: 'get',
        timestamp: NOON,
        duration: 10,
        localEndpoint: { serviceName: 'web', ipv4: '10.0.0.1' },
        remoteEndpoint: { serviceName: 'app' },
        annotations: [
          { timestamp: NOON, value: 'ws' },
          { timestamp: NOON + 9, value: 'wr' },
        ],
        tags: { a: '1', b: 'late', c: '3' },
        debug: true,
      }),
    ]);
  });

  it('does not merge what different services reported', () => {
    const spans = [span('1', { localEndpoint: at('a') }), span('1', { localEndpoint: at('b') })];
    assert.equal(mergeTrace(spans).length, 2);
    const ports = [span('1', { localEndpoint: { port: 1 } }), span('1', { localEndpoint: { port: 2 } })];
    assert.equal(mergeTrace(ports).length, 2);
  });

  it('merges a piece that does not say where it comes from', () => {
    const pieces = [span('1', { localEndpoint: at('a') }), span('1', { name: 'get' })];
    assert.deepEqual(mergeTrace(pieces), [span('1', { localEndpoint: at('a'), name: 'get' })]);
  });

  it('keeps shared and unshared halves apart', () => {
    const [client, server] = sharedCall('1', 'web', 'web');
    assert.equal(mergeTrace([client, server]).length, 2);
  });

  it('marks a server that has the id of its client as shared', () => {
    const [client, server] = sharedCall('2', 'web', 'app', '1');
    const unmarked = normalizeSpan({ ...server, shared: false, parentId: null });
    assert.deepEqual(mergeTrace([unmarked, client]), [client, server]);
  });

  it('gives all spans the longest trace id', () => {
    const long = normalizeSpan({ traceId: '463ac35c9f6413ad48485a3953bb6124', id: '2' });
    const short = normalizeSpan({ traceId: '48485a3953bb6124', id: '1' });
    assert.deepEqual(
      mergeTrace([short, long]).map(({ traceId }) => traceId),
      [long.traceId, long.traceId],
    );
  });

  it('merges 50,000 pieces of one span at once', () => {
    const pieces = Array.from({ length: 50_000 }, (_, i) => span('1', { tags: { [`t${i}`]: 'x' } }));
    const start = performance.now();
    const merged = mergeTrace(pieces);
    assert.equal(merged.length, 1);
    assert.equal(Object.keys(merged[0]!.tags!).length, 50_000);
    assert(performance.now() - start < 5000);
  });

  it('does not depend on the order of the spans', () => {
    fc.assert(
      fc.property(shuffledTrace, ([spans, shuffled]) => {
        assert.equal(JSON.stringify(mergeTrace(shuffled)), JSON.stringify(mergeTrace(spans)));
      }),
      { numRuns: 500 },
    );
  });

  it('never loses an id, a tag key, an annotation or a service', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const facts = (list: typeof spans): Set<string> =>
          new Set(
            list.flatMap(({ id, tags = {}, annotations = [], localEndpoint }) => [
              id,
              `${id} service ${localEndpoint?.serviceName}`,
              ...Object.keys(tags).map(key => `${id} tag ${key}`),
              ...annotations.map(({ timestamp, value }) => `${id} ${timestamp} ${value}`),
            ]),
          );
        const merged = facts(mergeTrace(spans));
        for (const fact of facts(spans)) {
          // A piece of unknown origin joins one whose service is known.
          if (!fact.endsWith('service undefined')) assert(merged.has(fact), fact);
        }
      }),
      { numRuns: 500 },
    );
  });
});
