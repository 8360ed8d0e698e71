import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace, shuffledTrace } from '../test/arbitrary-trace.ts';
import { at, hex, sharedCall, span } from '../test/build-span.ts';
import { DependencyLinker, groupByLowTraceId, linkSpans } from './link-spans.ts';
import { normalizeSpan } from './normalize-span.ts';
import type { Kind, Span } from './span.ts';

/** `parent>child`, with the number of calls, and of errors if any: `web>app 2/1`. */
function links(...spans: Span[]): string[] {
  return linkSpans(spans).map(
    ({ parent, child, callCount, errorCount }) =>
      `${parent}>${child} ${callCount}${errorCount === undefined ? '' : `/${errorCount}`}`,
  );
}

function side(kind: Kind | undefined, id: string, local?: string, remote?: string, parentId?: string): Span {
  return span(id, {
    kind,
    parentId,
    localEndpoint: local === undefined ? null : at(local),
    remoteEndpoint: remote === undefined ? null : at(remote),
  });
}

function withTag(base: Span, key: string, value = ''): Span {
  return normalizeSpan({ ...base, tags: { [key]: value } });
}

describe('linkSpans', () => {
  it('links nothing where nothing was called', () => {
    assert.deepEqual(links(), []);
    assert.deepEqual(links(span('1'), side(undefined, '2', 'web', undefined, '1')), []);
    assert.deepEqual(links(side('SERVER', '1', 'web')), []);
    assert.deepEqual(links(side('CLIENT', '1', 'web')), []);
  });

  it('links the halves of a call once', () => {
    assert.deepEqual(links(...sharedCall('1', 'web', 'app')), ['web>app 1']);
    assert.deepEqual(links(side('CLIENT', '1', 'web'), side('SERVER', '2', 'app', undefined, '1')), ['web>app 1']);
  });

  it('believes the server about its name, and its caller about the caller', () => {
    const client = side('CLIENT', '1', 'web', 'proxy');
    assert.deepEqual(links(client, side('SERVER', '2', 'app', 'unknown', '1')), ['web>app 1']);
  });

  it('links a root server from the remote service that it names', () => {
    assert.deepEqual(links(side('SERVER', '1', 'web', 'browser')), ['browser>web 1']);
  });

  it('links a leaf client to the remote service that it names', () => {
    assert.deepEqual(links(side('CLIENT', '1', 'app', 'db')), ['app>db 1']);
    assert.deepEqual(links(side(undefined, '1', 'app', 'db')), ['app>db 1']);
  });

  it('counts an ancestor that recorded no name as nobody', () => {
    assert.deepEqual(links(side('CLIENT', '1'), side('SERVER', '2', 'app', 'web', '1')), ['web>app 1']);
    assert.deepEqual(links(side('CLIENT', '1'), side('SERVER', '2', 'app', undefined, '1')), []);
  });

  it('passes over local spans, also without any endpoint', () => {
    const spans = [
      side('SERVER', '1', 'web'),
      side(undefined, '2', 'web', undefined, '1'),
      side(undefined, '3', undefined, undefined, '2'),
      side('CLIENT', '4', undefined, 'db', '3'),
    ];
    assert.deepEqual(links(...spans), ['web>db 1']);
  });

  it('fills in the call to a service that recorded only its own call', () => {
    assert.deepEqual(links(side('SERVER', '1', 'web'), side('CLIENT', '2', 'app', 'db', '1')), [
      'app>db 1',
      'web>app 1',
    ]);
  });

  it('counts every server that answered one client', () => {
    const spans = [
      side('CLIENT', '1', 'web'),
      side('SERVER', '2', 'app', undefined, '1'),
      side('SERVER', '3', 'app', undefined, '1'),
    ];
    assert.deepEqual(links(...spans), ['web>app 2']);
  });

  it('links messages to their broker only', () => {
    const producer = side('PRODUCER', '1', 'shop', 'kafka');
    assert.deepEqual(links(producer), ['shop>kafka 1']);
    assert.deepEqual(links(producer, side('CONSUMER', '2', 'mail', 'kafka', '1')), ['kafka>mail 1', 'shop>kafka 1']);
    assert.deepEqual(links(side('PRODUCER', '1', 'shop'), side('CONSUMER', '2', 'mail', undefined, '1')), []);
    assert.deepEqual(links(side('CONSUMER', '1', 'mail', 'kafka')), ['kafka>mail 1']);
  });

  it('links what a consumer calls from the consumer', () => {
    const spans = [side('CONSUMER', '1', 'mail', 'kafka'), side('CLIENT', '2', 'mail', 'smtp', '1')];
    assert.deepEqual(links(...spans), ['kafka>mail 1', 'mail>smtp 1']);
  });

  it('links a service to itself', () => {
    assert.deepEqual(links(...sharedCall('1', 'app', 'app')), ['app>app 1']);
  });

  it('counts an error tag of any value on either half, and once', () => {
    const client = side('CLIENT', '1', 'web');
    const server = side('SERVER', '2', 'app', undefined, '1');
    assert.deepEqual(links(withTag(client, 'error'), server), ['web>app 1/1']);
    assert.deepEqual(links(client, withTag(server, 'error', '500')), ['web>app 1/1']);
    assert.deepEqual(links(withTag(client, 'error'), withTag(server, 'error')), ['web>app 1/1']);
    assert.deepEqual(links(withTag(client, 'Error'), withTag(server, 'errors')), ['web>app 1']);
    const noted = normalizeSpan({ ...server, annotations: [{ timestamp: 1, value: 'error' }] });
    assert.deepEqual(links(client, noted), ['web>app 1']);
  });

  it('does not blame a filled-in call', () => {
    const call = withTag(side('CLIENT', '2', 'app', 'db', '1'), 'error');
    assert.deepEqual(links(side('SERVER', '1', 'web'), call), ['app>db 1/1', 'web>app 1']);
  });

  it('links a trace whose root was not reported', () => {
    const spans = [side('CLIENT', '2', 'web', undefined, '1'), side('SERVER', '3', 'app', undefined, '2')];
    assert.deepEqual(links(...spans), ['web>app 1']);
    assert.deepEqual(links(side('SERVER', '3', 'app', 'web', '2')), ['web>app 1']);
  });

  it('does not depend on the order of the spans', () => {
    fc.assert(
      fc.property(shuffledTrace, ([spans, shuffled]) => assert.deepEqual(linkSpans(shuffled), linkSpans(spans))),
      { numRuns: 1000 },
    );
  });

  it('counts each span at most once, and one filled-in call at most for each', () => {
    fc.assert(
      fc.property(arbitraryTrace, spans => {
        const calls = linkSpans(spans).reduce((sum, { callCount }) => sum + callCount, 0);
        assert(calls <= 2 * spans.length);
        for (const { callCount, errorCount } of linkSpans(spans)) assert((errorCount ?? 0) <= callCount);
      }),
    );
  });

  it('takes calls at every depth of a chain of 50,000 local spans', () => {
    const half = 50_000;
    const spans = Array.from({ length: half }, (_, i) => [
      side(i === 0 ? 'SERVER' : undefined, hex(i + 1), 'app', undefined, i === 0 ? undefined : hex(i)),
      side('CLIENT', hex(half + i + 1), 'app', 'db', hex(i + 1)),
    ]).flat();
    const start = performance.now();
    assert.deepEqual(links(...spans.slice(0, 10)), ['app>db 5']);
    assert.deepEqual(linkSpans(spans), [{ parent: 'app', child: 'db', callCount: half }]);
    assert(performance.now() - start < 5000);
  });
});

describe('DependencyLinker', () => {
  it('sums traces and links counted before, sorted by parent and child', () => {
    const linker = new DependencyLinker()
      .addTrace(sharedCall('1', 'web', 'app'))
      .addTrace(sharedCall('2', 'web', 'app'))
      .addTrace([])
      .addLinks([
        { parent: 'web', child: 'app', callCount: 3, errorCount: 1 },
        { parent: 'app', child: 'db', callCount: 1 },
        { parent: 'app', child: 'cache', callCount: 1 },
      ]);
    assert.deepEqual(linker.links(), [
      { parent: 'app', child: 'cache', callCount: 1 },
      { parent: 'app', child: 'db', callCount: 1 },
      { parent: 'web', child: 'app', callCount: 5, errorCount: 1 },
    ]);
  });
});

describe('groupByLowTraceId', () => {
  it('keeps 64-bit and 128-bit spans of one trace together', () => {
    const short = normalizeSpan({ traceId: '48485a3953bb6124', id: '1' });
    const long = normalizeSpan({ traceId: '463ac35c9f6413ad48485a3953bb6124', id: '2' });
    const other = normalizeSpan({ traceId: '463ac35c9f6413ad', id: '3' });
    assert.deepEqual(
      [...groupByLowTraceId([short, other, long])],
      [
        ['48485a3953bb6124', [short, long]],
        ['463ac35c9f6413ad', [other]],
      ],
    );
  });
});
