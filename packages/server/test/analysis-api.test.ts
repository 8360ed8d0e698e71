import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MemoryStorage, type Storage } from '@tracekin/storage';
import { startServer, type TestServer } from './testing/start-server.ts';

const NOW = 1_700_000_000_000;
const api = '/api/tracekin/v1';
const hex = (n: number): string => n.toString(16).padStart(16, '0');

/** The answers' schemas are checked by `call`. */
interface Answered {
  readonly [field: string]: unknown;
  readonly groups: readonly Record<string, unknown>[];
  readonly tags: readonly { readonly key: string; readonly spans: number; readonly values: unknown }[];
  readonly differences: readonly {
    readonly key?: string;
    readonly value?: string;
    readonly selected: number;
    readonly rest: number;
  }[];
}

/** A minute of 600 checkouts; those of pod b-7 in the last ten seconds are slow and fail. */
const spans = Array.from({ length: 600 }, (_, i) => {
  const slow = i >= 500 && i % 4 === 0;
  const timestamp = (NOW - 60_000 + i * 100) * 1000;
  return [
    {
      traceId: hex(i + 1),
      id: hex(i + 1),
      kind: 'SERVER',
      name: 'post /checkout',
      timestamp,
      duration: slow ? 900_000 : 10_000 + i,
      localEndpoint: { serviceName: 'shop' },
      tags: {
        'http.status_code': slow ? '503' : '200',
        pod: slow || i % 10 === 0 ? 'b-7' : 'b-1',
        'request.id': `r-${i}`,
        ...(slow && { error: 'deadline exceeded' }),
      },
    },
    {
      traceId: hex(i + 1),
      parentId: hex(i + 1),
      id: hex(10_000 + i),
      kind: 'CLIENT',
      name: 'query',
      timestamp: timestamp + 100,
      duration: 1000,
      localEndpoint: { serviceName: 'shop' },
      remoteEndpoint: { serviceName: 'db' },
    },
  ];
}).flat();

describe('counting all spans of a search', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({}, { now: () => NOW });
    await server.post(spans);
  });
  after(() => server[Symbol.asyncDispose]());
  const get = async (path: string): Promise<Answered> => {
    const { status, text } = await server.call(api + path);
    assert.equal(status, 200, text);
    return JSON.parse(text);
  };

  test('a heatmap divides the window and counts each span once', async () => {
    const map: Record<string, unknown> = await get('/heatmap?lookback=60000&buckets=6');
    assert.deepEqual(
      { ...map, cells: undefined },
      {
        startTs: NOW - 60_000,
        endTs: NOW,
        bucketMs: 10_001,
        buckets: 6,
        spans: 1200,
        errors: 25,
        cells: undefined,
      },
    );
    const cells = map['cells'] as [number, number, number, number][];
    assert.equal(
      cells.reduce((sum, [, , count]) => sum + count, 0),
      1200,
    );
    const failed = cells.filter(([, , , errors]) => errors > 0);
    assert.ok(failed.every(([bucket]) => bucket >= 4));
    const roots = await get('/heatmap?lookback=60000&scope=roots&serviceName=SHOP&annotationQuery=error');
    assert.equal(roots['spans'], 25);
  });

  test('groups have rate, errors and percentiles', async () => {
    const { groups: operations } = await get('/groups?by=operation&buckets=2&lookback=60000');
    const [checkout, query] = operations;
    assert.deepEqual([checkout!['spanName'], checkout!['spans'], checkout!['errors']], ['post /checkout', 600, 25]);
    assert.deepEqual(checkout!['series'], [
      [0, 301, 0],
      [1, 299, 25],
    ]);
    assert.ok(Math.abs(Number(query!['p95']) - 1000) < 65);
    const { groups: calls } = await get('/groups?by=call');
    assert.deepEqual(
      [calls[0]!['serviceName'], calls[0]!['remoteServiceName'], calls[0]!['spans']],
      ['shop', 'db', 600],
    );
    assert.equal((await get('/groups?scope=entries')).groups[0]!['spans'], 600);
    assert.equal((await get('/groups?by=operation&groups=1'))['more'], true);
  });

  test('an operation has percentiles, and says where a duration stands', async () => {
    const slow: Record<string, unknown> = await get(
      '/operation?serviceName=shop&spanName=POST%20/checkout&duration=500000',
    );
    assert.equal(slow['spans'], 600);
    assert.equal(slow['percentile'], 95.8);
    assert.ok(Math.abs(Number(slow['p50']) - 10_300) < 650);
    assert.equal(
      (slow['durations'] as number[][]).reduce((sum, [, , count]) => sum + count!, 0),
      600,
    );
    assert.deepEqual(await get('/operation?serviceName=shop&spanName=none&duration=5'), {
      spans: 0,
      errors: 0,
      durations: [],
    });
  });

  test('facets offer tags whose values repeat, or those that were asked for', async () => {
    const facets = await get('/facets?lookback=60000');
    assert.deepEqual([facets['spans'], facets['sampled'], facets['errors']], [1200, 1200, 25]);
    assert.deepEqual(facets['services'], [{ value: 'shop', spans: 1200, errors: 25 }]);
    assert.deepEqual(facets['spanNames'], [
      { value: 'post /checkout', spans: 600, errors: 25 },
      { value: 'query', spans: 600, errors: 0 },
    ]);
    const tags = facets.tags;
    assert.deepEqual(
      tags.map(({ key }) => key),
      ['http.status_code', 'pod', 'error'],
    );
    assert.deepEqual(tags[0]!.values, [
      { value: '200', spans: 575 },
      { value: '503', spans: 25 },
    ]);
    const { tags: chosen } = await get('/facets?tagKeys=request.id,none');
    assert.deepEqual(
      chosen.map(({ key, spans }) => [key, spans]),
      [['request.id', 600]],
    );
  });

  test('what differs is named with both shares, for a box and for errors', async () => {
    for (const part of [
      'fromDuration=500000',
      'error=true',
      `fromTimestamp=${(NOW - 15_000) * 1000}&fromDuration=100000`,
    ]) {
      const { selected, rest, differences } = await get(`/differences?scope=entries&${part}`);
      assert.deepEqual(
        [selected, rest],
        [
          { spans: 25, sampled: 25 },
          { spans: 575, sampled: 575 },
        ],
      );
      const found = differences.map(({ key, value, selected, rest }) => [
        key,
        value,
        selected,
        Math.round(rest * 100) / 100,
      ]);
      assert.deepEqual(found, [
        ['error', 'deadline exceeded', 1, 0],
        ['http.status_code', '503', 1, 0],
        ['pod', 'b-7', 1, 0.1],
      ]);
    }
  });

  test('a wrong parameter is refused with its name and the rule', async () => {
    for (const [path, message] of [
      ['/heatmap?buckets=501', 'buckets > 500'],
      ['/heatmap?buckets=0', 'buckets <= 0'],
      ['/heatmap?scope=some', 'scope should be one of all, entries, roots: was "some"'],
      ['/heatmap?endTs=0', 'endTs <= 0'],
      ['/groups?by=pod', 'by should be one of service, operation, call: was "pod"'],
      ['/groups?groups=1001', 'groups > 1000'],
      ['/operation?serviceName=a', 'Mandatory parameter/header/attribute is missing: spanName'],
      ['/operation?serviceName=a&spanName=b&duration=0', 'duration <= 0'],
      ['/differences', 'a part is missing: fromTimestamp, toTimestamp, fromDuration, toDuration or error=true'],
      ['/differences?fromDuration=-1', 'fromDuration < 0'],
      [`/facets?tagKeys=${Array.from({ length: 21 }, (_, i) => i).join()}`, 'tagKeys has more than 20 items'],
    ] as const) {
      const { status, text } = await server.call(api + path);
      assert.deepEqual([status, text], [400, message], path);
    }
  });
});

test('storage that cannot count says so, and the UI is told beforehand', async () => {
  const storage: Storage = Object.defineProperty(new MemoryStorage(), 'analysis', { value: undefined });
  await using server = await startServer({}, { storage });
  const { status, text } = await server.call(`${api}/heatmap`);
  assert.deepEqual([status, text], [501, 'InMemoryStorage{} cannot count spans']);
  const { capabilities } = JSON.parse((await server.call('/zipkin/config.json')).text);
  assert.deepEqual([capabilities.heatmap, capabilities.diff, capabilities.red], [false, false, false]);
});
