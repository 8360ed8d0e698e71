import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { linkSpans, normalizeSpan, summarizeTrace } from '@tracekin/model';
import { shopTraces } from './shop-data.ts';

const END = 1_795_256_000_000;
const traces = shopTraces({ traces: 400, endTs: END, spreadMs: 900_000 });

describe('the generated shop', () => {
  it('is the same for the same seed and different for another', () => {
    assert.deepEqual(
      shopTraces({ traces: 20, endTs: END, spreadMs: 1000, seed: 7 }),
      shopTraces({ traces: 20, endTs: END, spreadMs: 1000, seed: 7 }),
    );
    assert.notDeepEqual(
      shopTraces({ traces: 20, endTs: END, spreadMs: 1000, seed: 7 }),
      shopTraces({ traces: 20, endTs: END, spreadMs: 1000, seed: 8 }),
    );
  });

  it('consists of spans as the server accepts them', () => {
    for (const span of traces.flat()) assert.equal(normalizeSpan(span).id, span.id);
  });

  it('has twelve services and more, databases, a queue, errors and slow traces', () => {
    const services = new Set(traces.flat().map(span => span.localEndpoint?.serviceName));
    assert.ok(services.size >= 12, [...services].join());
    const remotes = new Set(traces.flat().map(span => span.remoteEndpoint?.serviceName));
    for (const name of ['postgres', 'redis', 'mongodb', 'kafka', 'bank']) assert.ok(remotes.has(name), name);
    const summaries = traces.map(summarizeTrace);
    const failed = summaries.filter(({ errorCount }) => errorCount > 0).length;
    assert.ok(failed > 10 && failed < 120, `${failed} failed`);
    assert.ok(summaries.some(({ duration = 0 }) => duration > 900_000));
  });

  it('nests children in time and links services as a shop does', () => {
    const links = linkSpans(traces.flat());
    assert.ok(links.some(({ parent, child }) => parent === 'gateway' && child === 'checkout'));
    assert.ok(links.some(({ parent, child }) => parent === 'checkout' && child === 'kafka'));
  });
});
