import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeSpan, type Span, type SpanInput } from '@tracekin/model';
import { PARCELS, plain, WORKSHOP } from '../test/spans.ts';
import { convertV1Span, type V1Annotation, type V1Span, v2ToV1 } from './index.ts';

/** When everything below begins: 2026-11-22T07:40:42.017330Z. */
const T = 1795333242017330;
const QUEUE = { serviceName: 'dispatch-queue' };
const IDS = { traceId: 'e9014b6f2a83c57d', id: '27c0f1de95ab6348' };

type V1Endpoint = V1Annotation['endpoint'];

const v2 = (fields: Partial<SpanInput>): Span => normalizeSpan({ ...IDS, ...fields });
const v1 = (fields: Partial<V1Span>): V1Span => ({
  ...IDS,
  parentId: undefined,
  name: undefined,
  timestamp: undefined,
  duration: undefined,
  annotations: [],
  binaryAnnotations: [],
  debug: false,
  ...fields,
});
const at = (after: number, value: string, endpoint: V1Endpoint = undefined): V1Annotation => ({
  timestamp: T + after,
  value,
  endpoint,
});
/** What `at` becomes in v2. */
const seen = (after: number, value: string): { timestamp: number; value: string } => ({ timestamp: T + after, value });
const tag = (
  key: string,
  value: string | undefined,
  endpoint: V1Endpoint = undefined,
): V1Span['binaryAnnotations'][number] => ({ key, value, endpoint });
const address = (key: 'ca' | 'sa' | 'ma', endpoint: V1Endpoint): V1Span['binaryAnnotations'][number] =>
  tag(key, undefined, endpoint);

interface Pair {
  readonly means: string;
  readonly v2: Span;
  readonly v1: V1Span;
}

/** Each side converts into the other. */
const PAIRS: readonly Pair[] = [
  {
    means: 'cs, cr and sa are a client, its duration and its peer; other annotations and tags get its endpoint',
    v2: v2({
      kind: 'CLIENT',
      name: 'quote',
      timestamp: T,
      duration: 8140,
      localEndpoint: WORKSHOP,
      remoteEndpoint: PARCELS,
      annotations: [seen(310, 'tls ready'), seen(7655, 'body read')],
      tags: { 'parcel.kg': '4.2', route: 'north' },
    }),
    v1: v1({
      name: 'quote',
      timestamp: T,
      duration: 8140,
      annotations: [
        at(0, 'cs', WORKSHOP),
        at(310, 'tls ready', WORKSHOP),
        at(7655, 'body read', WORKSHOP),
        at(8140, 'cr', WORKSHOP),
      ],
      binaryAnnotations: [tag('parcel.kg', '4.2', WORKSHOP), tag('route', 'north', WORKSHOP), address('sa', PARCELS)],
    }),
  },
  {
    means: 'cs alone is a client that has not ended',
    v2: v2({ kind: 'CLIENT', timestamp: T, localEndpoint: WORKSHOP, annotations: [seen(85, 'resolved')] }),
    v1: v1({ timestamp: T, annotations: [at(0, 'cs', WORKSHOP), at(85, 'resolved', WORKSHOP)] }),
  },
  {
    means: 'cr alone, without times, stays an annotation of a client',
    v2: v2({ kind: 'CLIENT', localEndpoint: WORKSHOP, remoteEndpoint: PARCELS, annotations: [seen(12, 'cr')] }),
    v1: v1({ annotations: [at(12, 'cr', WORKSHOP)], binaryAnnotations: [address('sa', PARCELS)] }),
  },
  {
    means: 'sa alone is a peer and no more',
    v2: v2({ remoteEndpoint: PARCELS }),
    v1: v1({ binaryAnnotations: [address('sa', PARCELS)] }),
  },
  {
    means: 'ca alone is the peer of a server',
    v2: v2({ kind: 'SERVER', remoteEndpoint: WORKSHOP }),
    v1: v1({ binaryAnnotations: [address('ca', WORKSHOP)] }),
  },
  {
    means: 'an empty lc is the endpoint of a span without kind, which may have a peer',
    v2: v2({ name: 'weigh', timestamp: T, duration: 930, localEndpoint: WORKSHOP, remoteEndpoint: PARCELS }),
    v1: v1({
      name: 'weigh',
      timestamp: T,
      duration: 930,
      binaryAnnotations: [tag('lc', '', WORKSHOP), address('sa', PARCELS)],
    }),
  },
  {
    means: 'an empty lc keeps an endpoint that is only a name',
    v2: v2({ name: 'print label', timestamp: T, duration: 1, localEndpoint: { serviceName: 'labels' } }),
    v1: v1({
      name: 'print label',
      timestamp: T,
      duration: 1,
      binaryAnnotations: [tag('lc', '', { serviceName: 'labels' })],
    }),
  },
  {
    means: 'name and times need no endpoint',
    v2: v2({ name: 'sweep', timestamp: T, duration: 64_000_000 }),
    v1: v1({ name: 'sweep', timestamp: T, duration: 64_000_000 }),
  },
  {
    means: 'a core annotation without an endpoint is an ordinary one',
    v2: v2({ timestamp: T, annotations: [seen(0, 'sr')] }),
    v1: v1({ timestamp: T, annotations: [at(0, 'sr')] }),
  },
  {
    means: 'sr, ss and ca in a span with times are a server that began the trace, and its caller',
    v2: v2({
      kind: 'SERVER',
      timestamp: T,
      duration: 2750,
      localEndpoint: PARCELS,
      remoteEndpoint: WORKSHOP,
      tags: { depot: 'ghent' },
    }),
    v1: v1({
      timestamp: T,
      duration: 2750,
      annotations: [at(0, 'sr', PARCELS), at(2750, 'ss', PARCELS)],
      binaryAnnotations: [tag('depot', 'ghent', PARCELS), address('ca', WORKSHOP)],
    }),
  },
  {
    means: "sr and ss in a span without times are a server that shares its client's span",
    v2: v2({ kind: 'SERVER', shared: true, timestamp: T, duration: 2750, localEndpoint: PARCELS }),
    v1: v1({ annotations: [at(0, 'sr', PARCELS), at(2750, 'ss', PARCELS)] }),
  },
  {
    means: 'sr in a span without times is the same before it has answered',
    v2: v2({ kind: 'SERVER', shared: true, timestamp: T, localEndpoint: PARCELS }),
    v1: v1({ annotations: [at(0, 'sr', PARCELS)] }),
  },
  {
    means: 'ss alone, without times, stays an annotation of a server',
    v2: v2({ kind: 'SERVER', localEndpoint: PARCELS, remoteEndpoint: WORKSHOP, annotations: [seen(2750, 'ss')] }),
    v1: v1({ annotations: [at(2750, 'ss', PARCELS)], binaryAnnotations: [address('ca', WORKSHOP)] }),
  },
  {
    means: 'ms and ma are a producer and its broker',
    v2: v2({ kind: 'PRODUCER', timestamp: T, localEndpoint: WORKSHOP, remoteEndpoint: QUEUE }),
    v1: v1({ timestamp: T, annotations: [at(0, 'ms', WORKSHOP)], binaryAnnotations: [address('ma', QUEUE)] }),
  },
  {
    means: 'ws ends a producer',
    v2: v2({ kind: 'PRODUCER', timestamp: T, duration: 77, localEndpoint: WORKSHOP }),
    v1: v1({ timestamp: T, duration: 77, annotations: [at(0, 'ms', WORKSHOP), at(77, 'ws', WORKSHOP)] }),
  },
  {
    means: 'mr and ma are a consumer of unknown duration and its broker',
    v2: v2({ kind: 'CONSUMER', timestamp: T, localEndpoint: PARCELS, remoteEndpoint: QUEUE }),
    v1: v1({ timestamp: T, annotations: [at(0, 'mr', PARCELS)], binaryAnnotations: [address('ma', QUEUE)] }),
  },
  {
    means: 'wr begins a consumer, and debug is kept',
    v2: v2({ kind: 'CONSUMER', timestamp: T, duration: 430, localEndpoint: PARCELS, debug: true }),
    v1: v1({
      timestamp: T,
      duration: 430,
      annotations: [at(0, 'wr', PARCELS), at(430, 'mr', PARCELS)],
      debug: true,
    }),
  },
];

describe('the conversion between v1 and v2', () => {
  for (const pair of PAIRS) {
    it(`holds both ways: ${pair.means}`, () => {
      assert.deepEqual(v2ToV1(pair.v2), pair.v1);
      assert.deepEqual(plain(convertV1Span(pair.v1)), plain([pair.v2]));
    });
  }

  it('infers the kind from a core annotation when it writes v1', () => {
    const span = v2({ timestamp: T, duration: 615, localEndpoint: WORKSHOP, annotations: [seen(0, 'cs')] });
    assert.deepEqual(v2ToV1(span).annotations, [at(0, 'cs', WORKSHOP), at(615, 'cr', WORKSHOP)]);
  });
});

describe('the conversion of v1 spans', () => {
  const converted = (fields: Partial<V1Span>): unknown => plain(convertV1Span(v1(fields)));

  it('splits client and server of one span; the server is shared and has its own times', () => {
    const annotations = [at(0, 'cs', WORKSHOP), at(10, 'sr', PARCELS), at(30, 'ss', PARCELS), at(50, 'cr', WORKSHOP)];
    assert.deepEqual(
      converted({ annotations, timestamp: T, duration: 50, binaryAnnotations: [tag('x', 'y', PARCELS)] }),
      [
        { ...IDS, kind: 'CLIENT', timestamp: T, duration: 50, localEndpoint: WORKSHOP },
        {
          ...IDS,
          kind: 'SERVER',
          timestamp: T + 10,
          duration: 20,
          localEndpoint: PARCELS,
          tags: { x: 'y' },
          shared: true,
        },
      ],
    );
    assert.deepEqual((converted({ annotations }) as object[])[0], {
      ...IDS,
      kind: 'CLIENT',
      timestamp: T,
      duration: 50,
      localEndpoint: WORKSHOP,
    });
  });

  it('forks the span of a service that called itself', () => {
    const annotations = [at(0, 'cs', WORKSHOP), at(10, 'sr', WORKSHOP), at(30, 'ss', WORKSHOP), at(50, 'cr', WORKSHOP)];
    assert.deepEqual(converted({ annotations, timestamp: T, duration: 50 }), [
      { ...IDS, kind: 'CLIENT', timestamp: T, duration: 50, localEndpoint: WORKSHOP },
      { ...IDS, kind: 'SERVER', timestamp: T + 10, duration: 20, localEndpoint: WORKSHOP, shared: true },
    ]);
  });

  it('gives a one-way call no duration', () => {
    assert.deepEqual(converted({ annotations: [at(0, 'cs', WORKSHOP), at(10, 'sr', PARCELS)] }), [
      { ...IDS, kind: 'CLIENT', timestamp: T, localEndpoint: WORKSHOP },
      { ...IDS, kind: 'SERVER', timestamp: T + 10, localEndpoint: PARCELS, shared: true },
    ]);
  });

  it('derives a missing start from the end when it fits the times of the span', () => {
    assert.deepEqual(converted({ timestamp: T, duration: 50, annotations: [at(50, 'cr', WORKSHOP)] }), [
      { ...IDS, kind: 'CLIENT', timestamp: T, duration: 50, localEndpoint: WORKSHOP },
    ]);
    assert.deepEqual(converted({ timestamp: T, duration: 50, annotations: [at(50, 'ss', PARCELS)] }), [
      { ...IDS, kind: 'SERVER', timestamp: T, duration: 50, localEndpoint: PARCELS },
    ]);
    assert.deepEqual(converted({ timestamp: T, duration: 51, annotations: [at(50, 'cr', WORKSHOP)] }), [
      {
        ...IDS,
        kind: 'CLIENT',
        timestamp: T,
        duration: 51,
        localEndpoint: WORKSHOP,
        annotations: [seen(50, 'cr')],
      },
    ]);
  });

  it('marks a server shared when its duration is missing although it has answered', () => {
    assert.deepEqual(converted({ timestamp: T, annotations: [at(0, 'sr', PARCELS), at(9, 'ss', PARCELS)] }), [
      { ...IDS, kind: 'SERVER', timestamp: T, duration: 9, localEndpoint: PARCELS, shared: true },
    ]);
  });

  it('leaves times that run backwards unknown', () => {
    assert.deepEqual(converted({ annotations: [at(0, 'cs', WORKSHOP), at(-5, 'cr', WORKSHOP)] }), [
      { ...IDS, kind: 'CLIENT', timestamp: T, localEndpoint: WORKSHOP },
    ]);
  });

  it('removes the service name from a client address that names the server itself, as Finagle sends it', () => {
    const annotations = [at(0, 'sr', PARCELS), at(9, 'ss', PARCELS)];
    const remote = (ca: V1Endpoint): unknown =>
      (converted({ annotations, binaryAnnotations: [address('ca', ca)] }) as Span[])[0]!.remoteEndpoint;
    assert.deepEqual(remote({ ...PARCELS, port: 52107 }), { ipv4: PARCELS.ipv4, port: 52107 });
    assert.deepEqual(remote({ ...WORKSHOP, port: 52107 }), { ...WORKSHOP, port: 52107 });
    assert.equal(remote(PARCELS), undefined);
  });

  it('takes both addresses without core annotations as a call from one to the other', () => {
    assert.deepEqual(converted({ binaryAnnotations: [address('ca', WORKSHOP), address('sa', PARCELS)] }), [
      { ...IDS, localEndpoint: WORKSHOP, remoteEndpoint: PARCELS },
    ]);
  });

  it('splits producer and consumer of one span and gives both the broker', () => {
    const annotations = [at(0, 'ms', WORKSHOP), at(5, 'ws', WORKSHOP), at(10, 'wr', PARCELS), at(30, 'mr', PARCELS)];
    assert.deepEqual(converted({ annotations, binaryAnnotations: [address('ma', QUEUE)] }), [
      { ...IDS, kind: 'PRODUCER', timestamp: T, duration: 5, localEndpoint: WORKSHOP, remoteEndpoint: QUEUE },
      {
        ...IDS,
        kind: 'CONSUMER',
        timestamp: T + 10,
        duration: 20,
        localEndpoint: PARCELS,
        remoteEndpoint: QUEUE,
        shared: true,
      },
    ]);
    assert.deepEqual(converted({ annotations: [at(0, 'ms', WORKSHOP), at(30, 'mr', WORKSHOP)] }), [
      { ...IDS, kind: 'PRODUCER', timestamp: T, localEndpoint: WORKSHOP },
      { ...IDS, kind: 'CONSUMER', timestamp: T + 30, localEndpoint: WORKSHOP, shared: true },
    ]);
  });

  it('keeps wire annotations of spans that are no messages', () => {
    assert.deepEqual(converted({ annotations: [at(0, 'ws', WORKSHOP), at(1, 'wr', WORKSHOP)] }), [
      {
        ...IDS,
        localEndpoint: WORKSHOP,
        annotations: [seen(0, 'ws'), seen(1, 'wr')],
      },
    ]);
  });

  it('puts what has no endpoint into the first span, and tells services apart by name only', () => {
    const other = { serviceName: 'workshop', port: 9 };
    assert.deepEqual(
      converted({
        annotations: [at(0, 'a'), at(1, 'b', WORKSHOP), at(2, 'c', other), at(3, 'd', PARCELS)],
        binaryAnnotations: [tag('k', 'v')],
      }),
      [
        {
          ...IDS,
          localEndpoint: WORKSHOP,
          annotations: [seen(0, 'a'), seen(1, 'b'), seen(2, 'c')],
          tags: { k: 'v' },
        },
        { ...IDS, localEndpoint: PARCELS, annotations: [seen(3, 'd')] },
      ],
    );
  });

  it('keeps an lc tag that says something', () => {
    assert.deepEqual(converted({ binaryAnnotations: [tag('lc', 'cron', WORKSHOP)] }), [
      { ...IDS, localEndpoint: WORKSHOP, tags: { lc: 'cron' } },
    ]);
  });
});
