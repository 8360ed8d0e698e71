import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { build } from 'esbuild';
import { traced } from './decorator.ts';
import { currentSpan, getTracer, setTracer, trace } from './default-tracer.ts';
import { InMemoryReporter } from './reporter/in-memory-reporter.ts';
import { currentContext, withContext, withoutTracing } from './scope.ts';
import type { SpanData } from './span-data.ts';
import { Tracer } from './tracer.ts';
import type { TracerOptions } from './tracer-options.ts';

const tick = (ms = 1): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

describe('A tracer', () => {
  let reporter = new InMemoryReporter();
  const make = (options: Partial<TracerOptions> = {}): Tracer => {
    reporter = new InMemoryReporter();
    return new Tracer({ serviceName: 'Shop', reporter, ...options });
  };
  const byName = (name: string): SpanData => reporter.spans.find(span => span.name === name)!;

  it('records a call, nested calls as its children, and returns what they return', async () => {
    const tracer = make();
    const result = await tracer.trace('Outer', async outer => {
      outer.tag('n', 1).tag('b', true).tag('none', undefined).annotate('half way');
      await tick();
      return tracer.trace('inner', () => 42) + 1;
    });
    assert.equal(result, 43);
    const [inner, outer] = reporter.spans;
    assert.equal(outer!.name, 'outer');
    assert.equal(inner!.parentId, outer!.id);
    assert.equal(inner!.traceId, outer!.traceId);
    assert.deepEqual(outer!.tags, { n: '1', b: 'true' });
    assert.equal(outer!.annotations?.[0]?.value, 'half way');
    assert.deepEqual(outer!.localEndpoint, { serviceName: 'shop' });
    assert.equal(outer!.kind, undefined);
    assert.ok(outer!.duration! >= 100);
    assert.ok(inner!.timestamp! >= outer!.timestamp! && inner!.duration! >= 1);
    assert.equal(currentContext(), undefined);
  });

  it('records errors and passes them on, thrown or rejected', async () => {
    const tracer = make();
    assert.throws(
      () =>
        tracer.trace('sync', () => {
          throw new TypeError('bad');
        }),
      /bad/,
    );
    await assert.rejects(
      tracer.trace('async', () => Promise.reject(new RangeError())),
      RangeError,
    );
    await assert.rejects(tracer.trace('odd', () => Promise.reject('a string')));
    assert.deepEqual(
      reporter.spans.map(span => span.tags?.['error']),
      ['bad', 'RangeError', 'a string'],
    );
  });

  it('keeps context through timers, promises and event callbacks', async () => {
    const tracer = make();
    await tracer.trace('work', async ({ context }) => {
      await Promise.all([tick(), Promise.resolve(), new Promise(setImmediate)]);
      assert.equal(currentContext(), context);
      await new Promise<void>(resolve =>
        setTimeout(() => {
          assert.equal(currentContext(), context);
          resolve();
        }, 1),
      );
      queueMicrotask(() => assert.equal(currentContext(), context));
    });
  });

  it('does not mix traces that run at the same time', async () => {
    const tracer = make();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        tracer.trace(`outer ${i}`, async () => {
          await tick(i % 3);
          await tracer.trace(`inner ${i}`, () => tick());
        }),
      ),
    );
    for (let i = 0; i < 20; i++) assert.equal(byName(`inner ${i}`).parentId, byName(`outer ${i}`).id);
  });

  it('makes a scope with `using`, which ends with its block', () => {
    const tracer = make();
    {
      using outer = tracer.startScope('outer');
      {
        using inner = tracer.startScope('inner');
        assert.equal(currentContext(), inner.context);
      }
      assert.equal(currentContext(), outer.context);
    }
    assert.equal(currentContext(), undefined);
    assert.equal(byName('inner').parentId, byName('outer').id);
  });

  it('forgets a `using` scope that an async function left behind in its caller', async () => {
    const tracer = make();
    const work = async (): Promise<void> => {
      using _ = tracer.startScope('work');
      await tick();
    };
    const first = work();
    await first;
    assert.equal(currentContext(), undefined);
    tracer.trace('after', () => {});
    assert.equal(byName('after').parentId, undefined);
  });

  it('starts spans that end in another callback, at given times if need be', () => {
    const tracer = make();
    const start = Date.now() * 1000;
    const span = tracer.startSpan('call', {
      kind: 'CLIENT',
      timestamp: start,
      remote: { serviceName: 'DB', ip: '::ffff:10.0.0.1', port: 1 },
    });
    assert.equal(currentContext(), undefined);
    span.finish(start + 1_500);
    span.finish();
    span.tag('late', 'x');
    assert.equal(span.isRecording, false);
    const [data] = reporter.spans;
    assert.equal(reporter.spans.length, 1);
    assert.equal(data!.duration, 1_500);
    assert.deepEqual(data!.remoteEndpoint, { serviceName: 'db', ipv4: '10.0.0.1', port: 1 });
    assert.equal(data!.tags, undefined);
    tracer.startSpan('never').abandon();
    assert.equal(reporter.spans.length, 1);
  });

  it('lets anybody describe the current span, and nobody when there is none', () => {
    const tracer = make();
    currentSpan.tag('nowhere', 'x').annotate('nothing').name('none').error('x');
    tracer.trace('work', () => currentSpan.name('Renamed').tag('who', 'library').annotate('event'));
    assert.equal(reporter.spans[0]!.name, 'renamed');
    assert.deepEqual(reporter.spans[0]!.tags, { who: 'library' });
  });

  it('wraps functions, keeping this, arguments and result', () => {
    const tracer = make();
    const account = {
      balance: 5,
      add: tracer.wrap('add', function (this: { balance: number }, n: number) {
        return this.balance + n;
      }),
    };
    assert.equal(account.add(2), 7);
    assert.equal(byName('add').name, 'add');
  });

  it('makes ids of the length that is asked for; the epoch second is first if that is asked for too', () => {
    make().trace('default', () => {});
    assert.match(reporter.spans[0]!.traceId, /^[0-9a-f]{32}$/);
    make({ traceId: { bits: 64 } }).trace('short', () => {});
    assert.match(reporter.spans[0]!.traceId, /^[0-9a-f]{16}$/);
    make({ traceId: { epochPrefix: true } }).trace('epoch', () => {});
    const second = Number.parseInt(reporter.spans[0]!.traceId.slice(0, 8), 16);
    assert.ok(Math.abs(second - Date.now() / 1000) < 5);
  });

  it('knows its local root', () => {
    const tracer = make();
    const span = tracer.startReceived('in', 'SERVER', {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      sampled: true,
      joinable: true,
    });
    assert.ok(span.context.isLocalRoot);
    withContext(span.context, () => {
      const child = tracer.startSpan('child');
      assert.equal(child.context.isLocalRoot, false);
      assert.equal(child.context.localRootId, 'b'.repeat(16));
    });
  });

  it('splits client and server span ids if told to, and for messages', () => {
    const extracted = {
      traceId: 'a'.repeat(32),
      spanId: 'b'.repeat(16),
      parentId: 'c'.repeat(16),
      sampled: true,
      joinable: true,
    };
    make({ supportsJoin: false }).startReceived('in', 'SERVER', extracted).finish();
    assert.deepEqual([reporter.spans[0]!.parentId, reporter.spans[0]!.shared], ['b'.repeat(16), undefined]);
    make().startReceived('in', 'CONSUMER', extracted).finish();
    assert.deepEqual([reporter.spans[0]!.parentId, reporter.spans[0]!.shared], ['b'.repeat(16), undefined]);
  });

  it('asks the sampler where a trace starts and nowhere else', () => {
    const asked: string[] = [];
    const tracer = make({ sampler: { isSampled: id => asked.push(id) === 1 } });
    tracer.trace('kept', () => tracer.trace('child', () => {}));
    tracer.trace('not kept', span => {
      assert.equal(span.isRecording, false);
      assert.match(span.context.traceId, /^[0-9a-f]{32}$/);
      tracer.trace('child', child => assert.equal(child.context.traceId, span.context.traceId));
    });
    assert.equal(asked.length, 2);
    assert.deepEqual(
      reporter.spans.map(span => span.name),
      ['child', 'kept'],
    );
  });

  it('lets the debug flag and the caller’s decision overrule the sampler', () => {
    const tracer = make({ sampler: 0 });
    tracer.startReceived('in', 'SERVER', { sampled: true, debug: true }).finish();
    assert.equal(reporter.spans[0]!.debug, true);
    tracer.startReceived('in', 'SERVER', { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true }).finish();
    tracer.startReceived('in', 'SERVER', { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }).finish();
    assert.equal(reporter.spans.length, 2);
  });

  it('carries declared baggage to children and from them nowhere else', () => {
    const tracer = make({ propagation: { baggage: [{ name: 'user', tag: true }] } });
    assert.equal(tracer.setBaggage('user', 'x'), false);
    tracer.trace('outer', () => {
      assert.equal(tracer.setBaggage('other', 'x'), false);
      assert.equal(tracer.setBaggage('user', 'ada'), true);
      tracer.trace('inner', () => {
        assert.equal(tracer.getBaggage('user'), 'ada');
        tracer.setBaggage('user', 'bob');
      });
      assert.equal(tracer.getBaggage('user'), 'ada');
      const headers: Record<string, string> = {};
      tracer.inject(headers, (carrier, name, value) => {
        carrier[name] = value;
      });
      assert.equal(headers['baggage'], 'user=ada');
    });
    assert.equal(byName('inner').tags?.['user'], 'ada');
    assert.equal(tracer.getBaggage('user'), undefined);
  });

  it('gives every span to its handlers, which may change and drop it', () => {
    const tracer = make({
      defaultTags: { version: '1' },
      handlers: [
        {
          begin(context, span) {
            if (context.isLocalRoot) span.tags = { ...span.tags, root: 'yes' };
          },
        },
        { end: (_, span) => span.name !== 'secret' },
        { end: (_, span) => void (span.tags && delete span.tags['password']) },
      ],
    });
    tracer.trace('outer', span => {
      span.tag('password', 'x');
      tracer.trace('secret', () => {});
    });
    assert.deepEqual(
      reporter.spans.map(span => [span.name, span.tags]),
      [['outer', { version: '1', root: 'yes' }]],
    );
  });

  it('shows handlers unsampled spans if told to, and reports none of them', () => {
    const seen: (string | undefined)[] = [];
    const tracer = make({
      sampler: 0,
      alwaysRecord: true,
      handlers: [{ end: (_, span) => void seen.push(span.name) }],
    });
    tracer.trace('outer', () => tracer.trace('inner', () => {}));
    assert.deepEqual(seen, ['inner', 'outer']);
    assert.equal(reporter.spans.length, 0);
  });

  it('survives handlers and reporters that throw', () => {
    const warnings: string[] = [];
    const broken = {
      end: (): boolean => {
        throw new Error('handler');
      },
    };
    const tracer = make({ handlers: [broken], warn: message => warnings.push(message) });
    tracer.trace('a', () => {});
    tracer.trace('b', () => {});
    assert.equal(reporter.spans.length, 2);
    assert.equal(warnings.length, 1);
    reporter.report = () => {
      throw new Error('reporter');
    };
    assert.equal(
      tracer.trace('c', () => 1),
      1,
    );
    assert.equal(tracer.enabled, false);
    assert.equal(warnings.length, 2);
  });

  it('can be switched off and on while running', () => {
    const tracer = make();
    tracer.enabled = false;
    assert.equal(
      tracer.trace('off', () => 1),
      1,
    );
    const headers = {};
    tracer.inject(headers, () => assert.fail());
    tracer.enabled = true;
    tracer.trace('on', () => {});
    assert.deepEqual(
      reporter.spans.map(span => span.name),
      ['on'],
    );
  });

  it('makes nothing of its own work', () => {
    const tracer = make();
    withoutTracing(() => {
      tracer.trace('hidden', () => tracer.startScope('too')[Symbol.dispose]());
      tracer.inject({}, () => assert.fail());
      assert.equal(tracer.setBaggage('x', 'y'), false);
    });
    assert.equal(reporter.spans.length, 0);
  });

  it('lets go of a span that is finished, whoever still holds its context', async () => {
    const tracer = make();
    const span = tracer.startSpan('work');
    const { context } = span;
    assert.equal(context.span, span);
    span.finish();
    assert.equal(context.span, undefined);
  });

  it('takes `__proto__` for a tag like any other', () => {
    const tracer = make();
    tracer.trace('work', span => span.tag('__proto__', 'x'));
    assert.deepEqual(Object.entries(reporter.spans[0]!.tags!), [['__proto__', 'x']]);
  });

  it('needs the name of its service', () => {
    assert.throws(() => new Tracer({ serviceName: '' }), /serviceName is empty/);
    assert.throws(() => new Tracer({ serviceName: 'x', sampler: 2 }), /between 0 and 1/);
  });
});

describe('The default tracer', () => {
  const reporter = new InMemoryReporter();
  beforeEach(() => {
    reporter.take();
    setTracer(new Tracer({ serviceName: 'shop', reporter }));
  });
  afterEach(() => setTracer(undefined));

  it('does nothing, and harms nothing, before one is set', async () => {
    setTracer(undefined);
    assert.equal(await trace('x', async span => span.isRecording), false);
    assert.equal(getTracer().enabled, false);
  });

  it('is what `trace` uses', () => {
    trace('work', () => {});
    assert.equal(reporter.spans[0]!.name, 'work');
  });

  it('is what decorated methods use, to the end of their promise', async () => {
    class Shop {
      name = 'x';
      async load(ms: number): Promise<string> {
        await tick(ms);
        return this.name;
      }
    }
    // What the compiler makes of `@traced() async load(…)`; Node's type stripping knows no decorators.
    const decorate = traced();
    Shop.prototype.load = decorate(Shop.prototype.load, { kind: 'method', name: 'load' });
    assert.equal(await new Shop().load(3), 'x');
    assert.equal(reporter.spans[0]!.name, 'load');
    assert.ok(reporter.spans[0]!.duration! >= 2_000);
    assert.throws(() => decorate(() => {}, { kind: 'field', name: 'x' }), /for methods/);
  });

  it('is what decorators in compiled code use', async () => {
    const source = `
      import { traced } from '@tracekin/tracer';
      export class Shop {
        @traced() static plain(): number { return 1; }
        @traced('buy thing', { tags: { a: 'b' } }) async buy(n: number): Promise<number> { await null; return n + this.base; }
        @traced() fails(): never { throw new Error('no'); }
        base = 40;
      }`;
    const { outputFiles } = await build({
      stdin: { contents: source, loader: 'ts', resolveDir: import.meta.dirname },
      write: false,
      format: 'esm',
      target: 'es2022',
      bundle: true,
      external: ['@tracekin/tracer'],
    });
    const code = outputFiles[0]!.text.replace('@tracekin/tracer', import.meta.resolve('@tracekin/tracer'));
    const { Shop } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
    assert.equal(Shop.plain(), 1);
    assert.equal(await new Shop().buy(2), 42);
    assert.throws(() => new Shop().fails(), /no/);
    assert.deepEqual(
      reporter.spans.map(span => span.name),
      ['plain', 'buy thing', 'fails'],
    );
    assert.deepEqual(reporter.spans[1]!.tags, { a: 'b' });
    assert.equal(reporter.spans[2]!.tags?.['error'], 'no');
  });
});
