import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { currentContext } from '../scope.ts';
import { testTracing } from '../testing.ts';
import {
  createAttrsForSpan,
  createHttpHeaders,
  createHttpHeadersForNewSpan,
  extractZipkinAttrsFromHeaders,
  generateRandom64bitString,
  generateRandom128bitString,
  Kind,
  ZipkinSpan,
  zipkinClientSpan,
  zipkinSpan,
} from './index.ts';

const attrs = {
  traceId: '65b83d4d4cb3be47',
  spanId: 'a'.repeat(16),
  parentSpanId: 'b'.repeat(16),
  flags: '0',
  isSampled: true,
};

describe('py_zipkin’s names', () => {
  it('make the spans of demo A’s first service', async () => {
    using tracing = testTracing();
    let headers: Record<string, string> = {};
    await zipkinSpan({ serviceName: 'webapp', spanName: 'index', port: 5000, sampleRate: 100 }, async () => {
      await zipkinSpan({ serviceName: 'webapp', spanName: 'do_stuff' }, async () => {
        await null;
        headers = createHttpHeadersForNewSpan();
      });
    });
    const [inner, root] = tracing.reporter.spans;
    assert.deepEqual(
      [root!.name, root!.kind, root!.parentId, root!.localEndpoint],
      ['index', 'SERVER', undefined, { serviceName: 'webapp', port: 5000 }],
    );
    assert.deepEqual([inner!.name, inner!.kind, inner!.parentId], ['do_stuff', undefined, root!.id]);
    assert.equal(headers['X-B3-ParentSpanId'], inner!.id);
    assert.equal(headers['X-B3-TraceId'], root!.traceId);
    assert.equal(headers['X-B3-Sampled'], '1');
    assert.notEqual(headers['X-B3-SpanId'], inner!.id);
    assert.equal(currentContext(), undefined);
  });

  it('continue a trace that came in headers, sharing the caller’s span id', () => {
    using tracing = testTracing();
    const zipkinAttrs = extractZipkinAttrsFromHeaders({
      'X-B3-TraceId': attrs.traceId,
      'X-B3-SpanId': attrs.spanId,
      'X-B3-ParentSpanId': attrs.parentSpanId,
      'X-B3-Sampled': '1',
    });
    assert.deepEqual(zipkinAttrs, attrs);
    zipkinSpan({ serviceName: 'api_02', spanName: 'index_api_02', zipkinAttrs }, span => {
      assert.deepEqual(span.zipkinAttrs, attrs);
      assert.deepEqual(createHttpHeaders(), {
        'X-B3-TraceId': attrs.traceId,
        'X-B3-SpanId': attrs.spanId,
        'X-B3-ParentSpanId': attrs.parentSpanId,
        'X-B3-Sampled': '1',
      });
    });
    const [span] = tracing.reporter.spans;
    assert.deepEqual(
      [span!.id, span!.parentId, span!.shared, span!.kind],
      [attrs.spanId, attrs.parentSpanId, true, 'SERVER'],
    );
  });

  it('describe spans as py_zipkin does', async () => {
    using tracing = testTracing();
    const options = {
      serviceName: 'a',
      zipkinAttrs: attrs,
      binaryAnnotations: { k: 'v' },
      annotations: { started: 1_795_000_000.5 },
    };
    await assert.rejects(
      zipkinClientSpan(options, async span => {
        span.updateBinaryAnnotations({ n: 1 });
        span.addAnnotation('event', 1_795_000_001);
        span.addSaBinaryAnnotation({ serviceName: 'Database', ip: '10.0.0.1', port: 5432 });
        assert.throws(() => span.addSaBinaryAnnotation({ serviceName: 'x' }), /already given/);
        span.overrideSpanName('renamed');
        throw new Error('boom');
      }),
      /boom/,
    );
    const [span] = tracing.reporter.spans;
    assert.equal(span!.name, 'renamed');
    assert.equal(span!.kind, Kind.CLIENT);
    assert.deepEqual(span!.tags, { k: 'v', n: '1', error: 'boom' });
    assert.deepEqual(
      span!.annotations?.map(({ timestamp }) => timestamp),
      [1_795_000_000_500_000, 1_795_000_001_000_000],
    );
    assert.deepEqual(span!.remoteEndpoint, { serviceName: 'database', ipv4: '10.0.0.1', port: 5432 });
  });

  it('start and stop by hand', () => {
    using tracing = testTracing();
    const span = new ZipkinSpan({ serviceName: 'a', sampleRate: 100 }).start();
    assert.equal(currentContext()?.spanId, span.zipkinAttrs?.spanId);
    span.stop(new Error('x'));
    span.stop();
    assert.equal(currentContext(), undefined);
    assert.equal(tracing.reporter.spans[0]!.tags?.['error'], 'x');
  });

  it('do nothing for a child outside of a trace, and still propagate where not sampled', () => {
    using tracing = testTracing();
    assert.equal(
      zipkinSpan({ serviceName: 'a' }, span => span.zipkinAttrs),
      undefined,
    );
    assert.deepEqual(createHttpHeaders(), {});
    zipkinSpan({ serviceName: 'a', zipkinAttrs: { ...attrs, isSampled: false } }, () => {
      assert.equal(createHttpHeaders()['X-B3-Sampled'], '0');
    });
    zipkinSpan({ serviceName: 'a', sampleRate: 0 }, () => assert.equal(createHttpHeaders()['X-B3-Sampled'], '0'));
    assert.equal(tracing.reporter.spans.length, 0);
    zipkinSpan({ serviceName: 'a', zipkinAttrs: { ...attrs, isSampled: false }, sampleRate: 100 }, () => {});
    assert.equal(tracing.reporter.spans[0]!.traceId, attrs.traceId);
  });

  it('make ids and attributes', () => {
    assert.match(generateRandom64bitString(), /^[0-9a-f]{16}$/);
    assert.match(generateRandom128bitString(), /^[0-9a-f]{32}$/);
    assert.equal(createAttrsForSpan({ sampleRate: 0 }).isSampled, false);
    assert.equal(createAttrsForSpan({ use128bitTraceId: true }).traceId.length, 32);
    assert.equal(extractZipkinAttrsFromHeaders({ b3: '0' }), undefined);
    assert.equal(extractZipkinAttrsFromHeaders({})?.isSampled, true);
    assert.equal(extractZipkinAttrsFromHeaders({ b3: `${attrs.traceId}-${attrs.spanId}-d` })?.flags, '1');
    assert.throws(() => zipkinSpan({ serviceName: '' }, () => {}), /serviceName is empty/);
    assert.throws(() => zipkinSpan({ serviceName: 'a', sampleRate: 101 }, () => {}), /percentage/);
  });
});
