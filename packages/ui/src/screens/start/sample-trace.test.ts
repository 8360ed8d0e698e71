import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizeSpan, summarizeTrace } from '@tracekin/model';
import { sampleTrace } from './sample-trace.ts';
import { snippets } from './snippets.ts';

describe('the sample trace', () => {
  const spans = sampleTrace(1_795_256_000_000);

  it('consists of spans as the server accepts them', () => {
    for (const span of spans)
      assert.deepEqual(JSON.parse(JSON.stringify(normalizeSpan(span))), JSON.parse(JSON.stringify(span)));
  });

  it('shows what a trace can hold: several services, a shared call, a message, an error', () => {
    const summary = summarizeTrace(spans);
    assert.equal(summary.rootServiceName, 'sample-web');
    assert.ok(
      summary.services.length >= 3 && summary.errorCount === 1 && summary.spanCount < summary.reportedSpanCount,
    );
  });

  it('ends in the past, so that a search until now finds it', () => {
    for (const { timestamp = 0, duration = 0 } of spans) assert.ok(timestamp + duration <= 1_795_256_000_000_000);
  });
});

describe('the snippets', () => {
  it('name the real host and nothing else', () => {
    for (const otlp of [true, false]) {
      for (const { id, text } of snippets('http://traces.example:8080/', otlp)) {
        assert.ok(text.includes('http://traces.example:8080/'), id);
        assert.ok(!text.includes('9411'), id);
      }
    }
  });

  it('never offer OTLP for a Zipkin server, which does not take it', () => {
    for (const { id, text } of snippets('http://traces.example/', false)) assert.ok(!/v1\/traces|otlp/i.test(text), id);
  });

  it('reach the host from inside a container', () => {
    const compose = snippets('http://localhost:9411/', true).find(({ id }) => id === 'compose')!;
    assert.ok(compose.text.includes('http://host.docker.internal:9411/api/v2/spans'));
  });
});
