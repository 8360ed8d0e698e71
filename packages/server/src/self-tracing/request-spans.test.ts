import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Tracer } from '@tracekin/tracer';
import { InMemoryReporter } from '@tracekin/tracer/testing';
import { RequestSpans } from './request-spans.ts';

test('a span is kept when it began during its request, whenever it ends', () => {
  const reporter = new InMemoryReporter();
  const requests = new RequestSpans('clickhouse');
  const tracer = new Tracer({ serviceName: 'a', reporter, handlers: [requests] });
  const request = tracer.startReceived('get', 'SERVER', undefined);
  requests.started(request);
  tracer.withContext(request.context, () => {
    tracer.trace('early', () => {});
    const slow = tracer.startSpan('slow');
    const call = tracer.startSpan('post', { kind: 'CLIENT', remote: { ip: '10.0.0.1', port: 8123 } });
    requests.ended(request);
    request.finish();
    slow.finish();
    call.finish();
    tracer.trace('ping of a timer that the request left behind', () => {});
  });
  assert.deepEqual(
    reporter.spans.map(({ name }) => name),
    ['early', 'get', 'slow', 'post'],
  );
  assert.deepEqual(reporter.spans[3]!.remoteEndpoint, { ipv4: '10.0.0.1', port: 8123, serviceName: 'clickhouse' });
});
