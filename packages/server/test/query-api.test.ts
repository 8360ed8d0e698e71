import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { startServer, type TestServer } from './testing/start-server.ts';

const NOW = 1_700_000_000_000;
const at = (millis: number): number => (NOW - millis) * 1000;

const CLIENT = {
  traceId: '48485a3953bb6124',
  id: '48485a3953bb6124',
  kind: 'CLIENT',
  name: 'Get',
  timestamp: at(1000),
  duration: 2000,
  localEndpoint: { serviceName: 'Frontend', ipv4: '127.0.0.1', port: 80 },
  remoteEndpoint: { serviceName: 'Backend' },
  annotations: [{ timestamp: at(999), value: 'cache.miss' }],
  tags: { 'http.path': '/api', env: 'prod' },
};
const SERVER = {
  traceId: CLIENT.traceId,
  id: CLIENT.id,
  kind: 'SERVER',
  name: 'get',
  timestamp: at(999),
  duration: 1000,
  localEndpoint: { serviceName: 'backend' },
  tags: { error: '' },
  shared: true,
};
const OTHER = {
  traceId: '2',
  id: '3',
  name: 'poll',
  timestamp: at(5000),
  duration: 10,
  localEndpoint: { serviceName: 'worker' },
  tags: { env: 'dev' },
};

describe('the query API on memory storage', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ autocompleteKeys: ['env', 'region'], queryMaxLimit: 50 }, { now: () => NOW });
    await server.post([CLIENT, SERVER, OTHER]);
  });
  after(() => server[Symbol.asyncDispose]());

  /** Path, and what Zipkin 3.6.1 answered to the same (observed, see zipkin.md 12): a status and the exact body. */
  const REFUSED: readonly (readonly [path: string, status: number, text: string])[] = [
    ['/trace/5', 404, '0000000000000005 not found'],
    ['/trace/0e8b46e1-81b', 400, '0e8b46e1-81b should be lower-hex encoded with no prefix'],
    ['/trace/ABC', 400, 'ABC should be lower-hex encoded with no prefix'],
    ['/trace/0', 400, 'traceId is all zeros'],
    ['/trace/123456789012345678901234567890123', 400, 'traceId.length > 32'],
    ['/spans', 400, 'Mandatory parameter/header/attribute is missing: serviceName'],
    ['/remoteServices', 400, 'Mandatory parameter/header/attribute is missing: serviceName'],
    ['/traces?limit=0', 400, 'limit <= 0'],
    ['/traces?limit=x', 400, 'For input string: "x"'],
    ['/traces?limit=', 400, 'Cannot set null to primitive type parameter: limit'],
    ['/traces?limit=99999999999', 400, 'For input string: "99999999999"'],
    ['/traces?endTs=x', 400, 'For input string: "x"'],
    ['/traces?endTs=1.5', 400, 'For input string: "1.5"'],
    ['/traces?endTs=0', 400, 'endTs <= 0'],
    ['/traces?lookback=0', 400, 'lookback <= 0'],
    ['/traces?lookback=-1', 400, 'lookback <= 0'],
    ['/traces?minDuration=x', 400, 'For input string: "x"'],
    ['/traces?minDuration=0', 400, 'minDuration <= 0'],
    ['/traces?minDuration=5&maxDuration=1', 400, 'maxDuration < minDuration'],
    ['/traces?maxDuration=1', 400, 'maxDuration is only valid with minDuration'],
    ['/traceMany', 400, 'Mandatory parameter/header/attribute is missing: traceIds'],
    ['/traceMany?traceIds=', 400, 'traceIds parameter is empty'],
    ['/traceMany?traceIds=1', 400, 'Use /api/v2/trace/{traceId} endpoint to retrieve a single trace'],
    ['/traceMany?traceIds=1,1', 400, 'redundant traceId: 1'],
    ['/traceMany?traceIds=1,01', 400, 'redundant traceId: 01'],
    ['/traceMany?traceIds=3,X', 400, 'X should be lower-hex encoded with no prefix'],
    ['/traceMany?traceIds=1,', 400, 'traceId is empty'],
    ['/traceMany?traceIds=%201%20,2', 400, ' 1  should be lower-hex encoded with no prefix'],
    ['/dependencies', 400, 'Mandatory parameter/header/attribute is missing: endTs'],
    ['/dependencies?endTs=0', 400, 'endTs <= 0'],
    ['/dependencies?endTs=x', 400, 'For input string: "x"'],
    ['/dependencies?endTs=1000&lookback=0', 400, 'lookback <= 0'],
    ['/autocompleteValues', 400, 'Mandatory parameter/header/attribute is missing: key'],
    ['/autocompleteValues?key=', 400, 'key was empty'],
  ];
  for (const [path, status, text] of REFUSED) {
    test(`${path} is refused with Zipkin's text`, async () => {
      for (const prefix of ['/api/v2', '/zipkin/api/v2']) {
        const answer = await server.call(prefix + path);
        assert.deepEqual([answer.status, answer.text], [status, text]);
        assert.equal(answer.headers['content-type'], 'text/*');
        assert.equal(answer.headers['content-length'], String(text.length));
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      }
    });
  }

  const answers: readonly (readonly [path: string, body: string])[] = [
    ['/services', '["backend","frontend","worker"]'],
    ['/spans?serviceName=FRONTEND', '["get"]'],
    ['/spans?serviceName=', '[]'],
    ['/spans?serviceName=nobody', '[]'],
    ['/remoteServices?serviceName=frontend', '["backend"]'],
    ['/remoteServices?serviceName=worker', '[]'],
    ['/autocompleteKeys', '["env","region"]'],
    ['/autocompleteValues?key=env', '["dev","prod"]'],
    ['/autocompleteValues?key=http.path', '[]'],
    [`/dependencies?endTs=${NOW}`, '[{"parent":"frontend","child":"backend","callCount":1,"errorCount":1}]'],
    [`/dependencies?endTs=${NOW}&lookback=500`, '[]'],
    ['/traceMany?traceIds=5,6', '[]'],
    ['/traces?serviceName=nobody', '[]'],
    ['/traces?endTs=1000', '[]'],
  ];
  for (const [path, body] of answers) {
    test(`${path} answers ${body}`, async () => {
      for (const prefix of ['/api/v2', '/zipkin/api/v2']) {
        const answer = await server.call(prefix + path);
        assert.deepEqual([answer.status, answer.text], [200, body]);
        assert.equal(answer.headers['content-type'], 'application/json');
        assert.equal(answer.headers['content-length'], String(body.length));
      }
    });
  }

  test('a trace comes back raw, field by field in the order of Zipkin', async () => {
    const { status, text } = await server.call('/api/v2/trace/48485a3953bb6124');
    assert.equal(status, 200);
    const clientText =
      `{"traceId":"48485a3953bb6124","id":"48485a3953bb6124","kind":"CLIENT","name":"get","timestamp":${at(1000)},"duration":2000,` +
      '"localEndpoint":{"serviceName":"frontend","ipv4":"127.0.0.1","port":80},"remoteEndpoint":{"serviceName":"backend"},' +
      `"annotations":[{"timestamp":${at(999)},"value":"cache.miss"}],"tags":{"env":"prod","http.path":"/api"}}`;
    assert.ok(text.includes(clientText), text);
    assert.equal(JSON.parse(text).length, 2);
  });

  test('a short trace id is padded and white space around it is ignored', async () => {
    for (const id of ['2', '0000000000000002', '%20%202%20', '00000000000000000000000000000002']) {
      const { status, text } = await server.call(`/api/v2/trace/${id}`);
      assert.equal(status, 200);
      assert.equal(JSON.parse(text)[0].name, 'poll');
    }
  });

  test('searches find whole traces, newest first', async () => {
    const ids = async (query: string): Promise<string[]> =>
      JSON.parse((await server.call(`/api/v2/traces?${query}`)).text).map(
        (trace: { traceId: string }[]) => trace[0]!.traceId,
      );
    assert.deepEqual(await ids(''), ['48485a3953bb6124', '0000000000000002']);
    assert.deepEqual(await ids('limit=1'), ['48485a3953bb6124']);
    assert.deepEqual(await ids('endTs='), ['48485a3953bb6124', '0000000000000002']);
    assert.deepEqual(await ids('serviceName=Worker&spanName=all'), ['0000000000000002']);
    assert.deepEqual(await ids('annotationQuery=cache.miss%20and%20env%3Dprod'), ['48485a3953bb6124']);
    assert.deepEqual(await ids('annotationQuery=error'), ['48485a3953bb6124']);
    assert.deepEqual(await ids('minDuration=5&maxDuration=10'), ['0000000000000002']);
    assert.deepEqual(await ids('serviceName=worker&serviceName=frontend'), ['0000000000000002']);
    assert.deepEqual(await ids('lookback=2000'), ['48485a3953bb6124']);
    assert.deepEqual(await ids('lookback=9223372036854775807'), ['48485a3953bb6124', '0000000000000002']);
  });

  test('traceMany leaves out unknown traces', async () => {
    const { text } = await server.call('/api/v2/traceMany?traceIds=2,48485a3953bb6124,7');
    assert.deepEqual(
      JSON.parse(text)
        .map((trace: { traceId: string }[]) => trace[0]!.traceId)
        .sort(),
      ['0000000000000002', '48485a3953bb6124'],
    );
  });

  test('a limit above the maximum is refused, not cut', async () => {
    assert.equal((await server.call('/api/v2/traces?limit=50')).status, 200);
    const { status, text } = await server.call('/api/v2/traces?limit=51');
    assert.equal(status, 400);
    assert.match(text, /limit > 50/);
  });

  test('methods and paths that nothing serves are 404 in text', async () => {
    for (const [method, path] of [
      ['POST', '/api/v2/traces'],
      ['PUT', '/api/v2/spans'],
      ['HEAD', '/api/v2/services'],
      ['OPTIONS', '/api/v2/services'],
      ['GET', '/api/v2/services/'],
      ['GET', '/api/v2/trace/'],
      ['GET', '/api/v2/nope'],
      ['GET', '/nope'],
      ['GET', '/zipkin/api/v2/nope'],
    ] as const) {
      const answer = await server.call(path, { method });
      assert.equal(answer.status, 404, `${method} ${path}`);
      assert.equal(answer.headers['content-type'], 'text/plain; charset=utf-8');
      if (method !== 'HEAD') assert.equal(answer.text, '404 Not Found');
    }
  });
});

test('no query string brings the server down or is answered with 500', async () => {
  await using server = await startServer();
  await server.post([CLIENT, SERVER, OTHER]);
  const names = [
    'serviceName',
    'spanName',
    'remoteServiceName',
    'annotationQuery',
    'minDuration',
    'maxDuration',
    'endTs',
    'lookback',
    'limit',
    'traceIds',
    'key',
  ];
  const value = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.integer().map(String),
    fc.bigInt().map(String),
    fc.constantFrom('', ' and ', 'a=b and a', '%', '%ZZ', '__proto__'),
  );
  const path = fc.constantFrom(
    'services',
    'spans',
    'remoteServices',
    'traces',
    'traceMany',
    'dependencies',
    'autocompleteValues',
    '../tracekin/v1/summaries',
    '../tracekin/v1/latest',
  );
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 6 }),
      fc.boolean(),
      async (where, parameters, raw) => {
        const query = Object.entries(parameters).map(
          ([name, text]) => `${name}=${raw ? text.replace(/[^!-~]/gu, '') : encodeURIComponent(text.toWellFormed())}`,
        );
        const { status } = await server.call(
          new URL(`/api/v2/${where}?${query.join('&')}`, server.server.url).href.slice(server.server.url.length),
        );
        assert.ok(status === 200 || status === 400, `${where} ${query} ${status}`);
      },
    ),
    { numRuns: 150 },
  );
  assert.equal((await server.call('/health')).status, 200);
});

test('lists of names are cached once there are more than three services, and autocomplete by its own length', async () => {
  await using server = await startServer({ autocompleteKeys: ['env'], namesMaxAgeSeconds: 60 });
  const cacheOf = async (path: string): Promise<string | undefined> =>
    (await server.call(path)).headers['cache-control'];
  const cached = 'max-age=60, must-revalidate';
  const spans = ['a', 'b', 'c', 'd'].map((name, i) => ({
    traceId: `${i + 1}`,
    id: '1',
    name,
    timestamp: 1,
    localEndpoint: { serviceName: name },
    tags: { env: name },
  }));

  await server.post(spans.slice(0, 3));
  assert.equal(await cacheOf('/api/v2/services'), undefined);
  assert.equal(await cacheOf('/api/v2/autocompleteKeys'), cached);
  assert.equal(await cacheOf('/api/v2/autocompleteValues?key=env'), undefined);
  await server.post(spans.slice(3));
  assert.equal(await cacheOf('/api/v2/spans?serviceName=a'), undefined, 'until /services has been asked again');
  assert.equal(await cacheOf('/zipkin/api/v2/services'), cached);
  assert.equal(await cacheOf('/api/v2/spans?serviceName=a'), cached);
  assert.equal(await cacheOf('/api/v2/remoteServices?serviceName=a'), cached);
  assert.equal(await cacheOf('/api/v2/autocompleteValues?key=env'), cached);
  assert.equal(await cacheOf('/api/v2/traces'), undefined);
});

test('with search disabled names and searches are empty, and traces are still found by id', async () => {
  await using server = await startServer({ searchEnabled: false, autocompleteKeys: ['env'] }, { now: () => NOW });
  await server.post([CLIENT]);
  for (const path of [
    '/services',
    '/spans?serviceName=frontend',
    '/remoteServices?serviceName=frontend',
    '/autocompleteValues?key=env',
    '/traces',
  ]) {
    assert.equal((await server.call(`/api/v2${path}`)).text, '[]', path);
  }
  assert.equal((await server.call(`/api/v2/trace/${CLIENT.traceId}`)).status, 200);
  assert.equal(
    (await server.call(`/api/v2/dependencies?endTs=${NOW}`)).text,
    '[{"parent":"frontend","child":"backend","callCount":1}]',
  );
});

test('with lenient trace ids a 128-bit trace is found by its right half', async () => {
  await using server = await startServer({ strictTraceId: false });
  await server.post([
    { traceId: '463ac35c9f6413ad48485a3953bb6124', id: '1' },
    { traceId: '48485a3953bb6124', id: '2' },
  ]);
  for (const id of ['463ac35c9f6413ad48485a3953bb6124', '48485a3953bb6124']) {
    assert.equal(JSON.parse((await server.call(`/api/v2/trace/${id}`)).text).length, 2);
  }
});

test('with the query API disabled neither it nor the UI answers, and spans are accepted', async () => {
  await using server = await startServer({ queryEnabled: false });
  for (const path of [
    '/api/v2/services',
    '/zipkin/api/v2/services',
    '/api/tracekin/v1/stats',
    '/zipkin/',
    '/zipkin/config.json',
    '/',
  ]) {
    assert.equal((await server.call(path)).status, 404, path);
  }
  await server.post([CLIENT]);
  assert.equal((await server.call('/health')).status, 200);
});
