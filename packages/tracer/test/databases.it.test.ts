import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { Redis } from 'ioredis';
import mysql, { type Pool } from 'mysql2';
import mysqlPromise from 'mysql2/promise';
import pg from 'pg';
import { createClient } from 'redis';
import { mysql2 } from '../src/instrumentation/mysql2.ts';
import { instrumentPg } from '../src/instrumentation/pg.ts';
import { ioredis, redis } from '../src/instrumentation/redis.ts';
import { currentContext } from '../src/scope.ts';
import { type TestTracing, testTracing } from '../src/testing.ts';
import { withService } from './services.ts';

const portOf = (address: string): number => Number(new URL(address).port);
/** Spans below `job`, by name. */
async function children(tracing: TestTracing, job: () => Promise<unknown>): Promise<typeof tracing.reporter.spans> {
  tracing.reporter.take();
  await tracing.tracer.trace('job', job);
  const { spans } = tracing.reporter;
  const root = spans.find(span => span.name === 'job')!;
  return spans.filter(span => span.parentId === root.id);
}

describe('mysql2 against a real server', () => {
  withService(
    'MYSQL',
    'gives a CLIENT span for each query and statement, by promise and by callback',
    async address => {
      using tracing = testTracing();
      const off = mysql2.install(tracing.tracer);
      const connection = await mysqlPromise.createConnection(address);
      const spans = await children(tracing, async () => {
        await connection.query('select ? as secret, 42 as n', ['hidden']);
        await connection.execute('select ? + 1 as n', [1]);
        await assert.rejects(connection.query('select * from nothing_here'));
      });
      const endpoint = { serviceName: 'mysql-zipkin', ipv4: '127.0.0.1', port: portOf(address) };
      assert.deepEqual(
        spans.map(span => [span.name, span.kind, span.remoteEndpoint]),
        Array(3).fill(['select', 'CLIENT', endpoint]),
      );
      assert.equal(spans[0]!.tags?.['sql.query'], 'select ? as secret, ? as n');
      assert.equal(spans[1]!.tags?.['sql.query'], 'select ? + ? as n');
      assert.match(spans[2]!.tags?.['error'] ?? '', /nothing_here/);
      await connection.end();

      const pool: Pool = mysql.createPool(address);
      const inCallback = await tracing.tracer.trace(
        'job',
        span => new Promise(resolve => pool.query('select 1', () => resolve(currentContext() === span.context))),
      );
      assert.equal(inCallback, true);
      tracing.reporter.take();
      await connectionFree(pool);
      assert.equal(tracing.reporter.spans.length, 0);
      await new Promise(resolve => pool.end(resolve));
      off();
    },
  );
});

/** A query outside of any trace. */
function connectionFree(pool: Pool): Promise<unknown> {
  return new Promise((resolve, reject) =>
    pool.query('select 1', (error, rows) => (error ? reject(error) : resolve(rows))),
  );
}

describe('pg against a real server', () => {
  withService(
    'POSTGRES',
    'gives a CLIENT span for each query, by promise and by callback, in parallel over a pool',
    async address => {
      using tracing = testTracing();
      const off = instrumentPg(pg);
      const pool = new pg.Pool({ connectionString: address, max: 2 });
      const spans = await children(tracing, async () => {
        await pool.query('select $1::text as a', ['hidden']);
        await Promise.all(Array.from({ length: 5 }, () => pool.query({ text: "select pg_sleep(0.01), 'x'" })));
        await assert.rejects(pool.query('select * from nothing_here'));
      });
      assert.equal(spans.length, 7);
      assert.deepEqual(spans[0]!.remoteEndpoint, {
        serviceName: 'postgresql-postgres',
        ipv4: '127.0.0.1',
        port: portOf(address),
      });
      assert.equal(spans[0]!.tags?.['sql.query'], 'select $1::text as a');
      assert.equal(spans[1]!.tags?.['sql.query'], 'select pg_sleep(?), ?');
      assert.ok(spans[1]!.duration! >= 9_000);
      assert.match(spans[6]!.tags?.['error'] ?? '', /nothing_here/);
      const client = new pg.Client(address);
      await client.connect();
      const inCallback = await tracing.tracer.trace(
        'job',
        span => new Promise(resolve => client.query('select 1', () => resolve(currentContext() === span.context))),
      );
      assert.equal(inCallback, true);
      await client.end();
      off();
      assert.equal((await children(tracing, () => pool.query('select 1'))).length, 0);
      await pool.end();
    },
  );
});

describe('Redis clients against a real server', () => {
  withService('REDIS', 'node-redis gives a CLIENT span for each command and one for a transaction', async address => {
    using tracing = testTracing();
    const off = redis.install(tracing.tracer);
    const client = createClient({ url: address });
    await client.connect();
    const spans = await children(tracing, async () => {
      await client.set('key', 'secret');
      assert.equal(await client.get('key'), 'secret');
      await client.multi().set('a', '1').get('a').exec();
      await assert.rejects(client.lPush('key', 'x'));
    });
    check(spans, portOf(address));
    client.destroy();
    off();
  });

  withService('REDIS', 'ioredis gives the same', async address => {
    using tracing = testTracing();
    const off = ioredis.install(tracing.tracer);
    const client = new Redis(address);
    await new Promise(resolve => client.once('ready', resolve));
    const spans = await children(tracing, async () => {
      await client.set('key', 'secret');
      assert.equal(await client.get('key'), 'secret');
      await client.multi().set('a', '1').get('a').exec();
      await assert.rejects(client.lpush('key', 'x'));
    });
    check(spans, portOf(address));
    client.disconnect();
    off();
  });

  function check(spans: TestTracing['reporter']['spans'], port: number): void {
    const names = spans.map(span => span.name);
    assert.deepEqual(
      names.filter(name => name !== 'multi' && name !== 'exec'),
      ['set', 'get', 'lpush'],
      names.join(),
    );
    assert.ok(names.includes('multi'));
    for (const span of spans) {
      assert.equal(span.kind, 'CLIENT');
      assert.deepEqual([span.remoteEndpoint?.serviceName, span.remoteEndpoint?.port], ['redis', port]);
    }
    const tags = JSON.stringify(spans.map(span => span.tags));
    assert.ok(!tags.includes('secret'), tags);
    assert.equal(spans[1]!.tags?.['redis.args'], 'key');
    assert.match(spans.find(span => span.name === 'lpush')!.tags?.['error'] ?? '', /WRONGTYPE/);
  }
});
