import assert from 'node:assert/strict';
import { channel } from 'node:diagnostics_channel';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { InMemoryReporter } from '../reporter/in-memory-reporter.ts';
import { Tracer } from '../tracer.ts';
import { nodeHttpServer } from './node-http-server.ts';
import { redactSql, sqlVerb } from './sql.ts';
import { Subscriptions } from './subscriptions.ts';

describe('An instrumentation', () => {
  it('that throws is taken off, with one warning, and the application does not notice', () => {
    const warnings: string[] = [];
    const tracer = new Tracer({ serviceName: 'x', warn: message => warnings.push(message) });
    let calls = 0;
    const subscriptions = new Subscriptions('broken', tracer).on('tracekin.test', () => {
      calls++;
      throw new Error('bug');
    });
    channel('tracekin.test').publish({});
    channel('tracekin.test').publish({});
    assert.equal(calls, 1);
    assert.deepEqual(warnings, ['instrumentation broken failed and is switched off']);
    assert.equal(channel('tracekin.test').hasSubscribers, false);
    subscriptions.off();
  });

  it('whose user-supplied parser throws leaves the request alone', async () => {
    const warnings: string[] = [];
    const onResponse = (): never => {
      throw new Error('user bug');
    };
    const reporter = new InMemoryReporter();
    const tracer = new Tracer({
      serviceName: 'x',
      reporter,
      warn: message => warnings.push(message),
      http: { onResponse },
    });
    const off = nodeHttpServer.install(tracer);
    const server = createServer((_request, response) => void response.end('ok'));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const status = await new Promise(resolve =>
      get({ port, host: '127.0.0.1', agent: false }, response => resolve(response.resume().statusCode)),
    );
    await reporter.waitFor(1);
    assert.equal(status, 200);
    assert.equal(warnings.length, 1);
    off();
    await new Promise(resolve => server.close(resolve));
  });

  it('asks the request sampler once, where nothing was decided before, and shows requests to the application’s function', async () => {
    const reporter = new InMemoryReporter();
    const asked: string[] = [];
    const tracer = new Tracer({
      serviceName: 'x',
      reporter,
      http: {
        serverSampler: ({ path, header }) => {
          asked.push(`${path} ${header('x-plan')}`);
          return path !== '/health';
        },
        onRequest: ({ header }, span) => void span.tag('plan', header('x-plan')),
      },
    });
    const off = nodeHttpServer.install(tracer);
    const server = createServer((_request, response) => void response.end());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const send = (path: string, headers: Record<string, string>): Promise<void> =>
      new Promise(resolve =>
        get({ port, host: '127.0.0.1', path, headers, agent: false }, response => response.resume().on('end', resolve)),
      );
    await send('/health', {});
    await send('/a?x', { 'x-plan': 'gold' });
    await send('/health', { b3: `${'a'.repeat(32)}-${'b'.repeat(16)}-1` });
    await reporter.waitFor(2);
    off();
    await new Promise(resolve => server.close(resolve));
    assert.deepEqual(asked, ['/health undefined', '/a gold']);
    assert.deepEqual(
      reporter.spans.map(span => span.tags),
      [
        { 'http.method': 'GET', 'http.path': '/a', plan: 'gold' },
        { 'http.method': 'GET', 'http.path': '/health' },
      ],
    );
  });
});

describe('SQL in tags', () => {
  const cases = [
    [
      "select * from t where a = 'x''y' and b=12.5 and c in (1,2)",
      'select * from t where a = ? and b=? and c in (?,?)',
    ],
    ['insert into t1 (a) values ($1, :p2, @p3, ?)', 'insert into t1 (a) values ($1, :p2, @p3, ?)'],
    ['update `t` set a = "q\\"x"', 'update `t` set a = ?'],
  ] as const;
  for (const [sql, expected] of cases) it(`${sql} loses its literals`, () => assert.equal(redactSql(sql), expected));

  it('is cut, and named by its verb', () => {
    assert.ok(redactSql(`select ${'a,'.repeat(5_000)}`).length <= 2_000);
    assert.equal(sqlVerb('  (SELECT 1)'), 'select');
    assert.equal(sqlVerb('/* c */'), 'query');
  });
});
