import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CollectorMetrics } from '@tracekin/collector';
import { type Span, TracekinError } from '@tracekin/model';
import { currentContext, Tracer } from '@tracekin/tracer';
import { pino } from 'pino';
import { LocalReporter } from './local-reporter.ts';

const log = pino({ level: 'silent' });

test('spans of one interval go to the collector together, normalised and outside of any trace', async () => {
  const messages: (readonly Span[])[] = [];
  const traced: boolean[] = [];
  const metrics = new CollectorMetrics();
  const reporter = new LocalReporter({
    collector: {
      async acceptSpans(spans) {
        traced.push(currentContext()?.sampled === true);
        messages.push(spans);
      },
    },
    metrics,
    flushIntervalMs: 5,
    log,
  });
  const tracer = new Tracer({ serviceName: 'A', reporter });
  tracer.trace('outer', span => {
    span.tag('z', '1').tag('b', '2');
    tracer.trace('inner', () => {});
  });
  while (messages.length === 0) await new Promise(resolve => setTimeout(resolve, 1));
  assert.deepEqual(
    messages.map(spans => spans.map(({ name }) => name)),
    [['inner', 'outer']],
  );
  assert.deepEqual(Object.keys(messages[0]![1]!.tags!), ['b', 'z']);
  assert.deepEqual(traced, [false]);
  await tracer.close();
});

test('a collector that refuses loses the message and nothing else', async () => {
  let calls = 0;
  const reporter = new LocalReporter({
    collector: {
      acceptSpans: () => (calls++ === 0 ? Promise.reject(new TracekinError('overloaded', 'full')) : Promise.resolve()),
    },
    metrics: new CollectorMetrics(),
    flushIntervalMs: 60_000,
    log,
  });
  const tracer = new Tracer({ serviceName: 'a', reporter });
  for (let i = 0; i < 2; i++) {
    tracer.trace('x', () => {});
    await tracer.flush();
  }
  assert.equal(calls, 2);
  await tracer.close();
});

test('what is reported beyond the queue, or after closing, is counted as dropped', async () => {
  const metrics = new CollectorMetrics();
  let kept = 0;
  const collector = {
    async acceptSpans(spans: readonly Span[]) {
      kept += spans.length;
    },
  };
  const reporter = new LocalReporter({ collector, metrics, flushIntervalMs: 60_000, log });
  const tracer = new Tracer({ serviceName: 'a', reporter });
  for (let i = 0; i < 10_001; i++) tracer.startSpan('x').finish();
  const late = tracer.startSpan('late');
  await reporter.close();
  late.finish();
  assert.equal(kept, 10_000);
  assert.equal(metrics.snapshot().get('local')!.spansDroppedBy.overload, 2);
});
