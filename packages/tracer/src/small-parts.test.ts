import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockOffset, nowMicros } from './clock.ts';
import { endpoint, isIp } from './endpoint.ts';
import { errorText } from './error-text.ts';
import { HttpParser, pathOf } from './http-parser.ts';
import { newSpanId, newTraceId } from './id-pool.ts';
import * as node from './platform/node.ts';
import * as web from './platform/web.ts';
import { TraceContext } from './trace-context.ts';

describe('Ids', () => {
  it('are 16 or 32 lower-hex characters and do not repeat', () => {
    const ids = new Set(Array.from({ length: 10_000 }, newSpanId));
    assert.equal(ids.size, 10_000);
    for (const id of ids) assert.match(id, /^[0-9a-f]{16}$/);
    assert.match(newTraceId(128, false), /^[0-9a-f]{32}$/);
    assert.equal(newTraceId(64, true).length, 16);
  });
});

describe('The clock', () => {
  it('tells the time of day in whole microseconds', () => {
    const offset = clockOffset();
    const now = nowMicros(offset);
    assert.ok(Number.isSafeInteger(now));
    assert.ok(Math.abs(now / 1000 - Date.now()) < 50);
    assert.ok(nowMicros(offset) >= now);
  });
});

describe('An endpoint', () => {
  it('keeps what is valid, in Zipkin’s spelling', () => {
    assert.deepEqual(endpoint({ serviceName: 'Shop', ip: '::ffff:10.0.0.1', port: 80 }), {
      serviceName: 'shop',
      ipv4: '10.0.0.1',
      port: 80,
    });
    assert.deepEqual(endpoint({ ip: '[2001:DB8::1]', port: 70_000 }), { ipv6: '2001:db8::1' });
    assert.equal(endpoint({ serviceName: '', ip: 'not an address', port: 0 }), undefined);
    assert.deepEqual([isIp('10.0.0.1'), isIp('::1'), isIp('localhost')], [true, true, false]);
  });
});

describe('The text of an error', () => {
  it('is its message, else its class, whatever was thrown', () => {
    const hostile = {
      get message(): string {
        throw new Error('no');
      },
    };
    const cases = [
      [new Error('x'), 'x'],
      [new TypeError(), 'TypeError'],
      ['text', 'text'],
      [{ message: 'like an error' }, 'like an error'],
      [null, 'null'],
      [hostile, 'error'],
      [Object.create(null), 'error'],
    ] as const;
    for (const [thrown, expected] of cases) assert.equal(errorText(thrown), expected);
  });
});

describe('HTTP names', () => {
  it('take the path from any request target', () => {
    const targets = {
      '/a/b?c=1': '/a/b',
      'http://h:1/a?x': '/a',
      'http://h': '/',
      '*': '*',
      'h:443': 'h:443',
      '/': '/',
    };
    for (const [target, path] of Object.entries(targets)) assert.equal(pathOf(target), path);
  });

  it('take a host name for the service’s unless it is known better, and an address for none', () => {
    const parser = new HttpParser({}, { 'api:81': 'orders', cache: 'redis' });
    assert.deepEqual(parser.peer('api', 80), { serviceName: 'api', port: 80 });
    assert.equal(parser.peer('api', 81).serviceName, 'orders');
    assert.equal(parser.peer('cache', 5).serviceName, 'redis');
    assert.equal(parser.peer('localhost', 5).serviceName, undefined);
    assert.deepEqual(parser.peer('10.0.0.1', 5), { serviceName: undefined, ip: '10.0.0.1', port: 5 });
  });
});

for (const [name, platform] of Object.entries({ node, web })) {
  describe(`The platform "${name}"`, () => {
    it('makes hex and UTF-8 as every other', () => {
      assert.equal(platform.toHex(new Uint8Array([0, 9, 10, 255])), '00090aff');
      const text = 'aä€𝄞';
      const bytes = platform.newBytes(20);
      const end = platform.writeUtf8(text, bytes, 2);
      assert.equal(new TextDecoder().decode(bytes.subarray(2, end)), text);
      assert.equal(platform.utf8Length(text), end - 2);
      const random = new Uint8Array(64);
      platform.fillRandom(random);
      assert.ok(new Set(random).size > 16);
    });

    it('keeps a context for the synchronous part of a call', () => {
      const context = new TraceContext({ traceId: 'a'.repeat(16), spanId: 'b'.repeat(16), sampled: true });
      const storage = platform.contextStorage;
      assert.equal(
        storage.run(context, (n: number) => (storage.getStore() === context ? n : 0), 5),
        5,
      );
      assert.throws(() => storage.run(context, () => assert.fail('x')), /x/);
      assert.equal(storage.getStore(), undefined);
      storage.enterWith(context);
      assert.equal(storage.getStore(), context);
      storage.enterWith(undefined);
    });
  });
}
