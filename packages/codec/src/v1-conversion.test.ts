import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeSpan, type Span, type SpanInput } from '@tracekin/model';
import { BACKEND, FRONTEND, plain } from '../test/spans.ts';
import { convertV1Span, type V1Span, v2ToV1 } from './index.ts';

const T = 1472470996199000;
const KAFKA = { serviceName: 'kafka' };

const v2 = (fields: Partial<SpanInput>): Span => normalizeSpan({ traceId: '1', id: '2', ...fields });
const v1 = (fields: Partial<V1Span>): V1Span => ({
  traceId: '0000000000000001',
  parentId: undefined,
  id: '0000000000000002',
  name: undefined,
  timestamp: undefined,
  duration: undefined,
  annotations: [],
  binaryAnnotations: [],
  debug: false,
  ...fields,
});
const at = (timestamp: number, value: string, endpoint: V1Span['annotations'][number]['endpoint'] = undefined) => ({
  timestamp,
  value,
  endpoint,
});
const tag = (
  key: string,
  value: string | undefined,
  endpoint: V1Span['annotations'][number]['endpoint'] = undefined,
) => ({ key, value, endpoint });

/** Pairs that convert into each other, either way. */
const BOTH_WAYS: readonly [title: string, Span, V1Span][] = [
  [
    'a client with a server address',
    v2({
      kind: 'CLIENT',
      name: 'get',
      timestamp: T,
      duration: 207000,
      localEndpoint: FRONTEND,
      remoteEndpoint: BACKEND,
      annotations: [at(T + 39000, 'ws'), at(T + 204000, 'wr')],
      tags: { a: '1', b: '2' },
    }),
    v1({
      name: 'get',
      timestamp: T,
      duration: 207000,
      annotations: [
        at(T, 'cs', FRONTEND),
        at(T + 39000, 'ws', FRONTEND),
        at(T + 204000, 'wr', FRONTEND),
        at(T + 207000, 'cr', FRONTEND),
      ],
      binaryAnnotations: [tag('a', '1', FRONTEND), tag('b', '2', FRONTEND), tag('sa', undefined, BACKEND)],
    }),
  ],
  [
    'an unfinished client',
    v2({ kind: 'CLIENT', timestamp: T, localEndpoint: FRONTEND, annotations: [at(T + 39000, 'ws')] }),
    v1({ timestamp: T, annotations: [at(T, 'cs', FRONTEND), at(T + 39000, 'ws', FRONTEND)] }),
  ],
  [
    'a late report of a client with its end and address',
    v2({ kind: 'CLIENT', localEndpoint: FRONTEND, remoteEndpoint: BACKEND, annotations: [at(T, 'cr')] }),
    v1({ annotations: [at(T, 'cr', FRONTEND)], binaryAnnotations: [tag('sa', undefined, BACKEND)] }),
  ],
  [
    'a late report of a server address alone',
    v2({ remoteEndpoint: BACKEND }),
    v1({ binaryAnnotations: [tag('sa', undefined, BACKEND)] }),
  ],
  [
    'a late report of a client address alone, which means a server',
    v2({ kind: 'SERVER', remoteEndpoint: FRONTEND }),
    v1({ binaryAnnotations: [tag('ca', undefined, FRONTEND)] }),
  ],
  [
    'a local span with a remote address',
    v2({ name: 'get', timestamp: T, duration: 207000, localEndpoint: FRONTEND, remoteEndpoint: BACKEND }),
    v1({
      name: 'get',
      timestamp: T,
      duration: 207000,
      binaryAnnotations: [tag('lc', '', FRONTEND), tag('sa', undefined, BACKEND)],
    }),
  ],
  [
    'a server with a client address',
    v2({
      kind: 'SERVER',
      timestamp: T,
      duration: 207000,
      localEndpoint: BACKEND,
      remoteEndpoint: FRONTEND,
      tags: { a: '1' },
    }),
    v1({
      timestamp: T,
      duration: 207000,
      annotations: [at(T, 'sr', BACKEND), at(T + 207000, 'ss', BACKEND)],
      binaryAnnotations: [tag('a', '1', BACKEND), tag('ca', undefined, FRONTEND)],
    }),
  ],
  [
    'a span of nothing but times',
    v2({ name: 'foo', timestamp: T, duration: 207000 }),
    v1({ name: 'foo', timestamp: T, duration: 207000 }),
  ],
  [
    'a core annotation without an endpoint, which is an ordinary one',
    v2({ timestamp: T, annotations: [at(T, 'sr')] }),
    v1({ timestamp: T, annotations: [at(T, 'sr')] }),
  ],
  [
    'a shared server, whose times are in its annotations only',
    v2({ kind: 'SERVER', shared: true, timestamp: T, duration: 207000, localEndpoint: BACKEND }),
    v1({ annotations: [at(T, 'sr', BACKEND), at(T + 207000, 'ss', BACKEND)] }),
  ],
  [
    'a shared server that has not answered',
    v2({ kind: 'SERVER', shared: true, timestamp: T, localEndpoint: BACKEND }),
    v1({ annotations: [at(T, 'sr', BACKEND)] }),
  ],
  [
    'a late report of a server with its end and address',
    v2({ kind: 'SERVER', localEndpoint: BACKEND, remoteEndpoint: FRONTEND, annotations: [at(T, 'ss')] }),
    v1({ annotations: [at(T, 'ss', BACKEND)], binaryAnnotations: [tag('ca', undefined, FRONTEND)] }),
  ],
  [
    'a local span without tags, which keeps its service in an empty lc',
    v2({ name: 'local', timestamp: T, duration: 1, localEndpoint: { serviceName: 'frontend' } }),
    v1({ name: 'local', timestamp: T, duration: 1, binaryAnnotations: [tag('lc', '', { serviceName: 'frontend' })] }),
  ],
  [
    'a producer with its broker',
    v2({ kind: 'PRODUCER', timestamp: T, localEndpoint: FRONTEND, remoteEndpoint: KAFKA }),
    v1({ timestamp: T, annotations: [at(T, 'ms', FRONTEND)], binaryAnnotations: [tag('ma', undefined, KAFKA)] }),
  ],
  [
    'a producer with a duration, until the wire send',
    v2({ kind: 'PRODUCER', timestamp: T, duration: 51000, localEndpoint: FRONTEND }),
    v1({ timestamp: T, duration: 51000, annotations: [at(T, 'ms', FRONTEND), at(T + 51000, 'ws', FRONTEND)] }),
  ],
  [
    'a consumer without a duration',
    v2({ kind: 'CONSUMER', timestamp: T, localEndpoint: BACKEND, remoteEndpoint: KAFKA }),
    v1({ timestamp: T, annotations: [at(T, 'mr', BACKEND)], binaryAnnotations: [tag('ma', undefined, KAFKA)] }),
  ],
  [
    'a consumer with a duration, from the wire receive',
    v2({ kind: 'CONSUMER', timestamp: T, duration: 51000, localEndpoint: BACKEND, debug: true }),
    v1({
      timestamp: T,
      duration: 51000,
      annotations: [at(T, 'wr', BACKEND), at(T + 51000, 'mr', BACKEND)],
      debug: true,
    }),
  ],
];

describe('the conversion between v1 and v2', () => {
  for (const [title, ofV2, ofV1] of BOTH_WAYS) {
    it(`takes ${title}, both ways`, () => {
      assert.deepEqual(v2ToV1(ofV2), ofV1);
      assert.deepEqual(plain(convertV1Span(ofV1)), plain([ofV2]));
    });
  }

  it('infers the kind from a core annotation when it writes v1', () => {
    const span = v2({ timestamp: T, duration: 39000, localEndpoint: FRONTEND, annotations: [at(T, 'cs')] });
    assert.deepEqual(v2ToV1(span).annotations, [at(T, 'cs', FRONTEND), at(T + 39000, 'cr', FRONTEND)]);
  });
});

describe('the conversion of v1 spans', () => {
  const converted = (fields: Partial<V1Span>): unknown => plain(convertV1Span(v1(fields)));
  const ids = { traceId: '0000000000000001', id: '0000000000000002' };

  it('splits client and server of one span; the server is shared and has its own times', () => {
    const annotations = [
      at(T, 'cs', FRONTEND),
      at(T + 10, 'sr', BACKEND),
      at(T + 30, 'ss', BACKEND),
      at(T + 50, 'cr', FRONTEND),
    ];
    assert.deepEqual(
      converted({ annotations, timestamp: T, duration: 50, binaryAnnotations: [tag('x', 'y', BACKEND)] }),
      [
        { ...ids, kind: 'CLIENT', timestamp: T, duration: 50, localEndpoint: FRONTEND },
        {
          ...ids,
          kind: 'SERVER',
          timestamp: T + 10,
          duration: 20,
          localEndpoint: BACKEND,
          tags: { x: 'y' },
          shared: true,
        },
      ],
    );
    assert.deepEqual((converted({ annotations }) as object[])[0], {
      ...ids,
      kind: 'CLIENT',
      timestamp: T,
      duration: 50,
      localEndpoint: FRONTEND,
    });
  });

  it('forks the span of a service that called itself', () => {
    const annotations = [
      at(T, 'cs', FRONTEND),
      at(T + 10, 'sr', FRONTEND),
      at(T + 30, 'ss', FRONTEND),
      at(T + 50, 'cr', FRONTEND),
    ];
    assert.deepEqual(converted({ annotations, timestamp: T, duration: 50 }), [
      { ...ids, kind: 'CLIENT', timestamp: T, duration: 50, localEndpoint: FRONTEND },
      { ...ids, kind: 'SERVER', timestamp: T + 10, duration: 20, localEndpoint: FRONTEND, shared: true },
    ]);
  });

  it('gives a one-way call no duration', () => {
    assert.deepEqual(converted({ annotations: [at(T, 'cs', FRONTEND), at(T + 10, 'sr', BACKEND)] }), [
      { ...ids, kind: 'CLIENT', timestamp: T, localEndpoint: FRONTEND },
      { ...ids, kind: 'SERVER', timestamp: T + 10, localEndpoint: BACKEND, shared: true },
    ]);
  });

  it('derives a missing start from the end when it fits the times of the span', () => {
    assert.deepEqual(converted({ timestamp: T, duration: 50, annotations: [at(T + 50, 'cr', FRONTEND)] }), [
      { ...ids, kind: 'CLIENT', timestamp: T, duration: 50, localEndpoint: FRONTEND },
    ]);
    assert.deepEqual(converted({ timestamp: T, duration: 50, annotations: [at(T + 50, 'ss', BACKEND)] }), [
      { ...ids, kind: 'SERVER', timestamp: T, duration: 50, localEndpoint: BACKEND },
    ]);
    assert.deepEqual(converted({ timestamp: T, duration: 51, annotations: [at(T + 50, 'cr', FRONTEND)] }), [
      {
        ...ids,
        kind: 'CLIENT',
        timestamp: T,
        duration: 51,
        localEndpoint: FRONTEND,
        annotations: [{ timestamp: T + 50, value: 'cr' }],
      },
    ]);
  });

  it('marks a server shared when its duration is missing although it has answered', () => {
    assert.deepEqual(converted({ timestamp: T, annotations: [at(T, 'sr', BACKEND), at(T + 9, 'ss', BACKEND)] }), [
      { ...ids, kind: 'SERVER', timestamp: T, duration: 9, localEndpoint: BACKEND, shared: true },
    ]);
  });

  it('leaves times that run backwards unknown', () => {
    assert.deepEqual(converted({ annotations: [at(T, 'cs', FRONTEND), at(T - 5, 'cr', FRONTEND)] }), [
      { ...ids, kind: 'CLIENT', timestamp: T, localEndpoint: FRONTEND },
    ]);
  });

  it('removes the service name from a client address that names the server itself, as Finagle sends it', () => {
    const annotations = [at(T, 'sr', BACKEND), at(T + 9, 'ss', BACKEND)];
    const remote = (ca: V1Span['annotations'][number]['endpoint']): unknown =>
      (converted({ annotations, binaryAnnotations: [tag('ca', undefined, ca)] }) as Span[])[0]!.remoteEndpoint;
    assert.deepEqual(remote({ ...BACKEND, port: 63840 }), { ipv4: BACKEND.ipv4, port: 63840 });
    assert.deepEqual(remote({ ...FRONTEND, port: 63840 }), { ...FRONTEND, port: 63840 });
    assert.equal(remote(BACKEND), undefined);
  });

  it('takes both addresses without core annotations as a call from one to the other', () => {
    assert.deepEqual(
      converted({ binaryAnnotations: [tag('ca', undefined, FRONTEND), tag('sa', undefined, BACKEND)] }),
      [{ ...ids, localEndpoint: FRONTEND, remoteEndpoint: BACKEND }],
    );
  });

  it('splits producer and consumer of one span and gives both the broker', () => {
    const annotations = [
      at(T, 'ms', FRONTEND),
      at(T + 5, 'ws', FRONTEND),
      at(T + 10, 'wr', BACKEND),
      at(T + 30, 'mr', BACKEND),
    ];
    assert.deepEqual(converted({ annotations, binaryAnnotations: [tag('ma', undefined, KAFKA)] }), [
      { ...ids, kind: 'PRODUCER', timestamp: T, duration: 5, localEndpoint: FRONTEND, remoteEndpoint: KAFKA },
      {
        ...ids,
        kind: 'CONSUMER',
        timestamp: T + 10,
        duration: 20,
        localEndpoint: BACKEND,
        remoteEndpoint: KAFKA,
        shared: true,
      },
    ]);
    assert.deepEqual(converted({ annotations: [at(T, 'ms', FRONTEND), at(T + 30, 'mr', FRONTEND)] }), [
      { ...ids, kind: 'PRODUCER', timestamp: T, localEndpoint: FRONTEND },
      { ...ids, kind: 'CONSUMER', timestamp: T + 30, localEndpoint: FRONTEND, shared: true },
    ]);
  });

  it('keeps wire annotations of spans that are no messages', () => {
    assert.deepEqual(converted({ annotations: [at(T, 'ws', FRONTEND), at(T + 1, 'wr', FRONTEND)] }), [
      {
        ...ids,
        localEndpoint: FRONTEND,
        annotations: [
          { timestamp: T, value: 'ws' },
          { timestamp: T + 1, value: 'wr' },
        ],
      },
    ]);
  });

  it('puts what has no endpoint into the first span, and tells services apart by name only', () => {
    const other = { serviceName: 'frontend', port: 9 };
    assert.deepEqual(
      converted({
        annotations: [at(T, 'a'), at(T + 1, 'b', FRONTEND), at(T + 2, 'c', other), at(T + 3, 'd', BACKEND)],
        binaryAnnotations: [tag('k', 'v')],
      }),
      [
        {
          ...ids,
          localEndpoint: FRONTEND,
          annotations: [
            { timestamp: T, value: 'a' },
            { timestamp: T + 1, value: 'b' },
            { timestamp: T + 2, value: 'c' },
          ],
          tags: { k: 'v' },
        },
        { ...ids, localEndpoint: BACKEND, annotations: [{ timestamp: T + 3, value: 'd' }] },
      ],
    );
  });

  it('keeps an lc tag that says something', () => {
    assert.deepEqual(converted({ binaryAnnotations: [tag('lc', 'cron', FRONTEND)] }), [
      { ...ids, localEndpoint: FRONTEND, tags: { lc: 'cron' } },
    ]);
  });
});
