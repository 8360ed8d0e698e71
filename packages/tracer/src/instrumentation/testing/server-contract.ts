import assert from 'node:assert/strict';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTracer } from '../../default-tracer.ts';
import { InMemoryReporter } from '../../reporter/in-memory-reporter.ts';
import { currentContext } from '../../scope.ts';
import type { SpanData } from '../../span-data.ts';
import { Tracer } from '../../tracer.ts';
import type { Instrumentation } from '../instrumentation.ts';

/** What the server under test has to do at its routes; the framework's own way of answering is the adapter's. */
export interface Handlers {
  /** `GET /users/:id` and `POST /echo`: answers with the trace id that this resolves to, after awaits and timers. */
  traceId(): Promise<string>;
  /** `GET /boom`: throws. */
  boom(): never;
  /** `GET /slow`: resolves after the client has gone. */
  slow(): Promise<void>;
  /** `GET /stream`: the chunks of the body, with time between them. */
  chunks(): AsyncGenerator<string>;
}

/** One server framework for {@link testHttpServer}. */
export interface ServerAdapter {
  readonly name: string;
  readonly instrumentations: readonly Instrumentation[];
  /** Whether spans are named after route patterns. */
  readonly routes: boolean;
  /** Whether the message of a thrown error reaches the span; else only the status does. */
  readonly errors: boolean;
  /** Listens on a free port of 127.0.0.1. */
  start(handlers: Handlers): Promise<{ readonly port: number; close(): Promise<void> }>;
}

const TRACE_ID = '463ac35c9f6413ad48485a3953bb6124';
const SPAN_ID = 'a2fb4a1d1a96d312';
const PARENT_ID = '0020000000000001';
const CONCURRENT = 50;

/** Every format in which a caller may say the same thing, and what the server makes of it. */
const CALLERS = [
  { format: 'b3 single', headers: { b3: `${TRACE_ID}-${SPAN_ID}-1-${PARENT_ID}` }, joined: true },
  {
    format: 'b3 multi',
    headers: { 'X-B3-TraceId': TRACE_ID, 'X-B3-SpanId': SPAN_ID, 'X-B3-ParentSpanId': PARENT_ID, 'X-B3-Sampled': '1' },
    joined: true,
  },
  { format: 'traceparent', headers: { traceparent: `00-${TRACE_ID}-${SPAN_ID}-01` }, joined: false },
  {
    format: 'X-Ray',
    headers: { 'X-Amzn-Trace-Id': `Root=1-${TRACE_ID.slice(0, 8)}-${TRACE_ID.slice(8)};Parent=${SPAN_ID};Sampled=1` },
    joined: false,
  },
] as const;

/** What every instrumented HTTP server promises, run against a real one. */
export function testHttpServer(adapter: ServerAdapter): void {
  describe(`SERVER spans of ${adapter.name}`, () => {
    const reporter = new InMemoryReporter();
    const tracer = new Tracer({ serviceName: 'Contract', reporter, warn: message => assert.fail(message) });
    const agent = new Agent({ keepAlive: true, maxSockets: 5 });
    let uninstall: (() => void)[] = [];
    let server: Awaited<ReturnType<ServerAdapter['start']>>;
    let clientGone: (() => void) | undefined;

    const handlers: Handlers = {
      async traceId() {
        await Promise.resolve();
        await new Promise(resolve => setTimeout(resolve, 2));
        await new Promise(resolve => setImmediate(resolve));
        await new Promise<void>(resolve => process.nextTick(resolve));
        return currentContext()?.traceId ?? 'none';
      },
      boom() {
        throw new Error('boom');
      },
      async slow() {
        await new Promise<void>(resolve => {
          clientGone = resolve;
        });
      },
      async *chunks() {
        for (let i = 0; i < 3; i++) {
          await new Promise(resolve => setTimeout(resolve, 2));
          yield `${currentContext()?.traceId};`;
        }
      },
    };

    const send = (
      path: string,
      headers: Record<string, string> = {},
      body?: string,
    ): Promise<{ status: number; text: string }> =>
      new Promise((resolve, reject) => {
        const options = {
          port: server.port,
          host: '127.0.0.1',
          path,
          method: body === undefined ? 'GET' : 'POST',
          headers,
          agent,
        };
        httpRequest(options, (response: IncomingMessage) => {
          let text = '';
          response.setEncoding('utf8').on('data', chunk => {
            text += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode!, text }));
        })
          .on('error', reject)
          .end(body);
      });
    const one = async (path: string, headers?: Record<string, string>): Promise<SpanData> => {
      await send(path, headers);
      return (await reporter.waitFor(1))[0]!;
    };

    before(async () => {
      setTracer(tracer);
      uninstall = adapter.instrumentations.map(instrumentation => instrumentation.install(tracer));
      server = await adapter.start(handlers);
    });
    after(async () => {
      agent.destroy();
      await server.close();
      for (const undo of uninstall) undo();
      setTracer(undefined);
    });
    beforeEach(() => {
      reporter.take();
    });

    it('have the shape of Zipkin’s HTTP spans', async () => {
      const span = await one('/users/7?secret=1');
      assert.equal(span.kind, 'SERVER');
      assert.equal(span.name, adapter.routes ? 'get /users/:id' : 'get');
      assert.deepEqual(span.tags, { 'http.method': 'GET', 'http.path': '/users/7' });
      assert.deepEqual(span.localEndpoint, { serviceName: 'contract' });
      assert.equal(span.remoteEndpoint?.ipv4, '127.0.0.1');
      assert.ok(span.remoteEndpoint.port! > 0);
      assert.ok(span.duration! >= 500 && span.duration! < 5_000_000, `${span.duration} µs`);
      assert.ok(Math.abs(span.timestamp! / 1000 - Date.now()) < 60_000);
      assert.equal(span.parentId, undefined);
      assert.equal(span.shared, undefined);
      assert.match(span.traceId, /^[0-9a-f]{32}$/);
    });

    it('say what was not found', async () => {
      const span = await one('/nope/42');
      if (adapter.routes) assert.equal(span.name, 'get not_found');
      assert.equal(span.tags?.['http.status_code'], '404');
      assert.equal(span.tags?.['error'], '404');
    });

    it('say why a handler failed', async () => {
      const span = await one('/boom');
      assert.equal(span.tags?.['http.status_code'], '500');
      assert.equal(span.tags?.['error'], adapter.errors ? 'boom' : '500');
      if (adapter.routes) assert.equal(span.name, 'get /boom');
    });

    it('end when the client goes away', async () => {
      clientGone = undefined;
      const request = httpRequest({ port: server.port, host: '127.0.0.1', path: '/slow' }).on('error', () => {});
      request.end();
      while (clientGone === undefined) await new Promise(resolve => setTimeout(resolve, 1));
      request.destroy();
      const [span] = await reporter.waitFor(1);
      (clientGone as () => void)();
      assert.equal(span!.tags?.['error'], 'aborted');
      assert.equal(span!.tags?.['http.path'], '/slow');
      assert.equal(span!.tags?.['http.status_code'], undefined);
    });

    it('are each their own on kept-alive connections', async () => {
      const ids = Array.from({ length: CONCURRENT }, (_, i) => (i + 1).toString(16).padStart(32, 'a'));
      const answers = await Promise.all(ids.map(id => send('/users/1', { b3: `${id}-${SPAN_ID}-1` })));
      assert.deepEqual(
        answers.map(({ text }) => text),
        ids,
      );
      const spans = await reporter.waitFor(CONCURRENT);
      assert.deepEqual(spans.map(span => span.traceId).sort(), ids.sort());
    });

    it('are current while a body is read and one is streamed', async () => {
      const headers = { b3: `${TRACE_ID}-${SPAN_ID}-1`, 'content-type': 'text/plain' };
      assert.equal((await send('/echo', headers, 'x'.repeat(100_000))).text, TRACE_ID);
      assert.equal((await send('/stream', headers)).text, `${TRACE_ID};`.repeat(3));
      assert.deepEqual(
        (await reporter.waitFor(2)).map(span => span.name),
        adapter.routes ? ['post /echo', 'get /stream'] : ['post', 'get'],
      );
    });

    it('leave no context behind', async () => {
      await one('/users/1');
      assert.equal(currentContext(), undefined);
    });

    for (const { format, headers, joined } of CALLERS) {
      it(`continue a trace that came as ${format}`, async () => {
        const span = await one('/users/1', headers);
        assert.equal(span.traceId, TRACE_ID);
        if (joined) assert.deepEqual([span.id, span.parentId, span.shared], [SPAN_ID, PARENT_ID, true]);
        else assert.deepEqual([span.id === SPAN_ID, span.parentId, span.shared], [false, SPAN_ID, undefined]);
      });
    }

    it('are not reported for a trace that the caller did not sample, whose id is known all the same', async () => {
      const answer = await send('/users/1', { b3: `${TRACE_ID}-${SPAN_ID}-0` });
      assert.equal(answer.text, TRACE_ID);
      await one('/users/2');
      assert.deepEqual(
        reporter.spans.map(span => span.tags?.['http.path']),
        ['/users/2'],
      );
    });

    it('carry the debug flag', async () => {
      const span = await one('/users/1', { 'X-B3-TraceId': TRACE_ID, 'X-B3-SpanId': SPAN_ID, 'X-B3-Flags': '1' });
      assert.equal(span.debug, true);
    });

    it('start a trace where the headers are hostile', async () => {
      const span = await one('/users/1', { b3: `${'f'.repeat(5_000)}-zz`, traceparent: '00-x', 'x-b3-traceid': '0' });
      assert.match(span.traceId, /^[0-9a-f]{32}$/);
      assert.equal(span.parentId, undefined);
    });

    it('are none while tracing is switched off', async () => {
      tracer.enabled = false;
      assert.equal((await send('/users/1')).text, 'none');
      tracer.enabled = true;
      assert.equal(reporter.spans.length, 0);
    });
  });
}
