import assert from 'node:assert/strict';
import type http from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type AttributeValue,
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { setTracer } from '../default-tracer.ts';
import { InMemoryReporter } from '../reporter/in-memory-reporter.ts';
import { currentContext } from '../scope.ts';
import { Tracer } from '../tracer.ts';
import { peerOf } from './attributes.ts';
import { registerOtel, TracekinSpanExporter } from './index.ts';
import { toMicros } from './time.ts';

describe('The OpenTelemetry bridge', () => {
  const reporter = new InMemoryReporter();
  const tracer = new Tracer({ serviceName: 'shop', reporter });
  let unregister: () => void;
  before(() => {
    setTracer(tracer);
    unregister = registerOtel();
  });
  after(() => {
    unregister();
    setTracer(undefined);
  });
  beforeEach(() => void reporter.take());
  const otel = trace.getTracer('library', '1.0');

  it('puts OpenTelemetry’s spans and Tracekin’s into one trace, whoever is outside', async () => {
    await otel.startActiveSpan('otel outside', async outer => {
      await null;
      await tracer.trace('inside', async () => {
        await null;
        otel.startActiveSpan('innermost', span => span.end());
        assert.equal(trace.getActiveSpan()?.spanContext().spanId, currentContext()?.spanId);
      });
      outer.end();
    });
    const [innermost, inside, outside] = reporter.spans;
    assert.deepEqual([innermost!.name, inside!.name, outside!.name], ['innermost', 'inside', 'otel outside']);
    assert.equal(innermost!.parentId, inside!.id);
    assert.equal(inside!.parentId, outside!.id);
    assert.equal(currentContext(), undefined);
    assert.equal(trace.getActiveSpan(), undefined);
  });

  it('translates kinds, attributes, events, links, errors and times', () => {
    const start = Date.now() - 1_000;
    const span = otel.startSpan('GET', {
      kind: SpanKind.CLIENT,
      startTime: start,
      attributes: { 'http.request.method': 'GET', list: ['a', 1], none: undefined as unknown as AttributeValue },
      links: [{ context: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 } }],
    });
    span.setAttributes({ 'server.address': 'Payments', 'server.port': 8080, 'network.peer.address': '10.1.2.3' });
    span.addEvent('retry', { n: 1 }).addEvent('plain', start);
    span.recordException(new Error('no answer'));
    span.setStatus({ code: SpanStatusCode.ERROR }).updateName('Renamed');
    span.end([Math.floor(start / 1000) + 2, 500]);
    const [data] = reporter.spans;
    assert.equal(data!.kind, 'CLIENT');
    assert.equal(data!.name, 'renamed');
    assert.equal(data!.timestamp, start * 1000);
    assert.deepEqual(data!.remoteEndpoint, { serviceName: 'payments', ipv4: '10.1.2.3', port: 8080 });
    assert.equal(data!.tags!['list'], '["a",1]');
    assert.equal(data!.tags!['error'], 'no answer');
    assert.equal(data!.tags!['link.0'], `${'a'.repeat(32)}-${'b'.repeat(16)}`);
    assert.equal('none' in data!.tags!, false);
    assert.deepEqual(
      data!.annotations!.map(({ value }) => value),
      ['retry: {"n":1}', 'plain', 'exception: no answer'],
    );
  });

  it('joins a B3 caller, becomes a child of a W3C one, and writes both', () => {
    const traceId = '463ac35c9f6413ad48485a3953bb6124';
    const spanId = 'a2fb4a1d1a96d312';
    for (const [headers, joined] of [
      [{ b3: `${traceId}-${spanId}-1-0020000000000001` }, true],
      [{ traceparent: `00-${traceId}-${spanId}-01` }, false],
    ] as const) {
      reporter.take();
      const remote = propagation.extract(ROOT_CONTEXT, headers);
      const span = otel.startSpan('in', { kind: SpanKind.SERVER }, remote);
      const out: Record<string, string> = {};
      propagation.inject(trace.setSpan(remote, span), out);
      span.end();
      const [data] = reporter.spans;
      assert.equal(data!.traceId, traceId);
      assert.deepEqual([data!.shared, data!.parentId], joined ? [true, '0020000000000001'] : [undefined, spanId]);
      assert.equal(out['x-b3-spanid'], data!.id);
      assert.equal(out['traceparent'], `00-${traceId}-${data!.id}-01`);
    }
  });

  it('starts a new trace for root spans and keeps other values of the context', () => {
    const key = Symbol('key');
    context.with(ROOT_CONTEXT.setValue(key, 'value'), () => {
      tracer.trace('outer', () => {
        assert.equal(context.active().getValue(key), 'value');
        otel.startSpan('root', { root: true }).end();
        const bound = context.bind(context.active(), () => currentContext()?.spanId);
        assert.equal(tracer.withContext(undefined, bound), currentContext()?.spanId);
      });
    });
    assert.equal(reporter.spans[0]!.parentId, undefined);
  });

  it('says that nothing records where the trace is not sampled', () => {
    const remote = propagation.extract(ROOT_CONTEXT, { b3: `${'a'.repeat(32)}-${'b'.repeat(16)}-0` });
    const span = otel.startSpan('in', { kind: SpanKind.SERVER }, remote);
    assert.equal(span.isRecording(), false);
    assert.equal(span.spanContext().traceFlags, 0);
    span.setAttribute('a', 1).end();
    assert.equal(reporter.spans.length, 0);
  });

  it('carries OpenTelemetry’s own HTTP instrumentation', async () => {
    const instrumentation = new HttpInstrumentation();
    instrumentation.setTracerProvider(trace.getTracerProvider());
    instrumentation.enable();
    // The instrumentation patches what is required from here on.
    const require = createRequire(import.meta.url);
    const patched = require('node:http') as typeof http;
    const server = patched.createServer((_request, response) => void tracer.trace('local', () => response.end('ok')));
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await tracer.trace(
      'job',
      () =>
        new Promise(resolve =>
          patched.get({ port, host: '127.0.0.1', path: '/x', agent: false }, response =>
            response.resume().on('end', resolve),
          ),
        ),
    );
    const spans = await reporter.waitFor(4);
    instrumentation.disable();
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    const find = (kind: string | undefined, name?: string): (typeof spans)[number] =>
      spans.find(span => span.kind === kind && (name === undefined || span.name === name))!;
    const job = find(undefined, 'job');
    assert.equal(find('CLIENT').parentId, job.id);
    assert.equal(find('SERVER').id, find('CLIENT').id);
    assert.equal(find('SERVER').shared, true);
    assert.equal(find(undefined, 'local').parentId, find('SERVER').id);
    assert.equal(find('CLIENT').remoteEndpoint?.port, port);
    assert.equal(new Set(spans.map(span => span.traceId)).size, 1);
  });
});

describe('The OpenTelemetry span exporter', () => {
  it('reports what the SDK hands it, with a remote endpoint', async () => {
    const reporter = new InMemoryReporter();
    const exporter = new TracekinSpanExporter(reporter);
    const span = {
      name: 'SELECT',
      kind: SpanKind.CLIENT,
      spanContext: () => ({ traceId: `${'0'.repeat(16)}${'a'.repeat(16)}`, spanId: 'b'.repeat(16) }),
      parentSpanContext: { spanId: 'c'.repeat(16) },
      startTime: [1_795_000_000, 1_500] as [number, number],
      endTime: [1_795_000_000, 1_600] as [number, number],
      status: { code: SpanStatusCode.ERROR, message: 'deadlock' },
      attributes: { 'db.system': 'mysql', 'net.peer.name': 'db.internal', 'server.port': 3306, rows: 3 },
      events: [{ name: 'e', time: [1_795_000_000, 0] as [number, number], attributes: {} }],
      resource: { attributes: { 'service.name': 'Shop' } },
    };
    const result = await new Promise<{ code: number }>(resolve => exporter.export([span], resolve));
    await exporter.forceFlush();
    assert.equal(result.code, 0);
    assert.deepEqual(
      { ...reporter.spans[0] },
      {
        traceId: 'a'.repeat(16),
        parentId: 'c'.repeat(16),
        id: 'b'.repeat(16),
        kind: 'CLIENT',
        name: 'select',
        timestamp: 1_795_000_000_000_001,
        duration: 1,
        localEndpoint: { serviceName: 'shop' },
        remoteEndpoint: { serviceName: 'db.internal', port: 3306 },
        annotations: [{ timestamp: 1_795_000_000_000_000, value: 'e' }],
        tags: {
          'db.system': 'mysql',
          'net.peer.name': 'db.internal',
          'server.port': '3306',
          rows: '3',
          error: 'deadlock',
        },
        debug: undefined,
        shared: undefined,
      },
    );
    await exporter.shutdown();
  });
});

describe('OpenTelemetry’s conventions', () => {
  it('tell the peer of a call', () => {
    assert.deepEqual(peerOf('CLIENT', { 'server.address': '10.0.0.1', 'server.port': 80 }), {
      serviceName: undefined,
      ip: '10.0.0.1',
      port: 80,
    });
    assert.deepEqual(peerOf('CLIENT', { 'server.address': 'localhost' })?.serviceName, undefined);
    assert.deepEqual(peerOf('SERVER', { 'client.address': '10.0.0.2' })?.ip, '10.0.0.2');
    assert.equal(peerOf(undefined, { 'server.address': 'x' }), undefined);
  });

  it('give times as dates, epoch or monotonic milliseconds, or pairs', () => {
    assert.equal(toMicros(new Date(5)), 5_000);
    assert.equal(toMicros([1, 2_000]), 1_000_002);
    assert.equal(toMicros(1_795_000_000_000), 1_795_000_000_000_000);
    assert.ok(Math.abs(toMicros(performance.now())! / 1000 - Date.now()) < 1_000);
    assert.equal(toMicros(undefined), undefined);
  });
});
