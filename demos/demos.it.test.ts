// Both demos, end to end: services started, pages opened, traces and links read back from the server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DependencyLink, Span } from '@tracekin/model';
import { createServer, type RunningServer } from '@tracekin/server';
import { flaskPython } from './flask-python.ts';
import { launch } from './launch.ts';
import { type Demo, threeApis, twoServices } from './topology.ts';

let server: RunningServer;
before(async () => {
  server = await createServer({ storage: 'mem', port: 0, logLevel: 'silent' });
});
after(() => server.close());

async function get<T>(path: string): Promise<T> {
  const response = await fetch(server.url + path);
  return (await response.json()) as T;
}

/** Opens the demo's page once and waits for its trace to have this many reported spans. */
async function traceOf(demo: Demo, spans: number): Promise<Span[]> {
  const since = Date.now();
  const answer = await fetch(demo.open);
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /OK/);
  const service = demo.services[0]?.name;
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const path = `/api/v2/traces?serviceName=${service}&endTs=${Date.now() + 1000}&lookback=${Date.now() + 1000 - since}`;
    const [trace] = await get<Span[][]>(path);
    if (trace !== undefined && trace.length >= spans) return trace;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.fail(`the trace of ${demo.name} did not arrive`);
}

/** A span as the tables of the demos' descriptions show it: parents by name instead of id. */
function shape(trace: readonly Span[]): string[] {
  const nameOf = (id: string | undefined): string => {
    const own = trace.find(span => span.id === id && span.shared !== true) ?? trace.find(span => span.id === id);
    return own === undefined ? 'root' : `${own.localEndpoint?.serviceName} ${own.name}`;
  };
  return trace
    .map(span => {
      const kind = span.kind ?? 'local';
      const shared = span.shared === true ? ' shared' : '';
      return `${span.localEndpoint?.serviceName} ${span.name} ${kind}${shared} < ${nameOf(span.parentId)}`;
    })
    .sort();
}

function linksOf(trace: readonly Span[]): Promise<DependencyLink[]> {
  const start = Math.min(...trace.map(span => span.timestamp ?? Number.POSITIVE_INFINITY));
  const end = Math.floor(start / 1000) + 1;
  return get<DependencyLink[]>(`/api/v2/dependencies?endTs=${end}&lookback=2`);
}

const threeLinks: DependencyLink[] = [
  { parent: 'api_01', child: 'api_02', callCount: 1 },
  { parent: 'api_01', child: 'api_03', callCount: 1 },
  { parent: 'api_02', child: 'api_03', callCount: 1 },
];

/** The nine reported spans of the three APIs, whatever their names. */
function assertThreeApis(trace: readonly Span[]): void {
  assert.equal(trace.length, 9);
  assert.equal(new Set(trace.map(span => span.id)).size, 6);
  assert.equal(trace.filter(span => span.shared === true && span.kind === 'SERVER').length, 3);
  const byService = Object.groupBy(trace, span => span.localEndpoint?.serviceName ?? '');
  assert.deepEqual(
    ['api_01', 'api_02', 'api_03'].map(name => byService[name]?.length),
    [3, 2, 4],
  );
}

describe('npm run demo', () => {
  test('starts everything on its usual ports, and every demo answers', async () => {
    const run = fileURLToPath(new URL('run.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [run, '--once', '--storage', 'mem', '--port', '25190'],
      { timeout: 60_000 },
    );
    assert.match(stdout, /Send another +http:\/\/127\.0\.0\.1:5001\//);
  });
});

describe('in TypeScript', () => {
  test('two services: the call is a joined pair inside the local span', async () => {
    const demo = twoServices(25_100);
    await using services = launch(demo, { server: server.url, workScale: 0.05 });
    await services.ready;
    const trace = await traceOf(demo, 5);
    assert.deepEqual(shape(trace), [
      'service1 get /service1/ SERVER shared < webapp do_stuff',
      'service1 service1_do_stuff local < webapp get',
      'webapp do_stuff local < webapp get /',
      'webapp get / SERVER < root',
      'webapp get CLIENT < webapp do_stuff',
    ]);
    assert.deepEqual(await linksOf(trace), [{ parent: 'webapp', child: 'service1', callCount: 1 }]);
  });

  test('three APIs: nine spans in six ids and three links', async () => {
    const demo = threeApis(25_110);
    await using services = launch(demo, { server: server.url, workScale: 0.05 });
    await services.ready;
    const trace = await traceOf(demo, 9);
    assertThreeApis(trace);
    assert.deepEqual(await linksOf(trace), threeLinks);
  });
});

describe('in Flask with py_zipkin', () => {
  let python = '';
  before(() => {
    python = flaskPython();
  });

  test('two services: the four spans of the blog', async () => {
    const demo = twoServices(25_120, 'py');
    await using services = launch(demo, { server: server.url, workScale: 0.05, python });
    await services.ready;
    const trace = await traceOf(demo, 4);
    assert.deepEqual(shape(trace), [
      'service1 index_service1 SERVER shared < webapp do_stuff',
      'service1 service1_do_stuff local < service1 index_service1',
      'webapp do_stuff local < webapp index',
      'webapp index SERVER < root',
    ]);
    assert.deepEqual(await linksOf(trace), [{ parent: 'webapp', child: 'service1', callCount: 1 }]);
  });

  test('three APIs: the nine spans of the repository', async () => {
    const demo = threeApis(25_130, ['py', 'py', 'py']);
    await using services = launch(demo, { server: server.url, workScale: 0.05, python });
    await services.ready;
    const trace = await traceOf(demo, 9);
    assert.deepEqual(shape(trace), [
      'api_01 call_api_02 CLIENT < api_01 index_api_01',
      'api_01 call_api_03_from_01 CLIENT < api_01 index_api_01',
      'api_01 index_api_01 SERVER < root',
      'api_02 call_api_03 CLIENT < api_01 call_api_02',
      'api_02 index_api_02 SERVER shared < api_01 index_api_01',
      // Its parent id is that of api_02's server span too: the two halves of a call share their id.
      'api_03 index_api_03 SERVER shared < api_01 call_api_02',
      'api_03 index_api_03 SERVER shared < api_01 index_api_01',
      'api_03 sleep_api_03 CLIENT < api_01 call_api_03_from_01',
      'api_03 sleep_api_03 CLIENT < api_02 call_api_03',
    ]);
    assert.deepEqual(await linksOf(trace), threeLinks);
  });

  test('one trace crosses TypeScript, Flask and TypeScript', async () => {
    const demo = threeApis(25_140, ['ts', 'py', 'ts']);
    await using services = launch(demo, { server: server.url, workScale: 0.05, python });
    await services.ready;
    const trace = await traceOf(demo, 9);
    assertThreeApis(trace);
    assert.deepEqual(await linksOf(trace), threeLinks);
  });

  test('one trace crosses Flask, TypeScript and Flask', async () => {
    const demo = threeApis(25_150, ['py', 'ts', 'py']);
    await using services = launch(demo, { server: server.url, workScale: 0.05, python });
    await services.ready;
    const trace = await traceOf(demo, 9);
    assertThreeApis(trace);
    assert.deepEqual(await linksOf(trace), threeLinks);
  });
});
