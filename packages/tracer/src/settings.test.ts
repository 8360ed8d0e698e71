import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { SETTINGS_PAGE, settingsPage } from '../settings-docs.ts';
import { INSTRUMENTATIONS, installAll } from './instrumentation/all.ts';
import { readSettings, SETTINGS } from './settings.ts';
import { startOptions } from './settings-options.ts';
import { collectorUrl } from './start-tracing.ts';
import { Tracer } from './tracer.ts';

describe('Settings', () => {
  it('are read from the environment, our names first, the usual ones next, empty ones never', () => {
    assert.deepEqual(readSettings({}), {});
    assert.deepEqual(readSettings({ TRACEKIN_SERVICE_NAME: '', OTEL_SERVICE_NAME: 'b', ZIPKIN_SERVICE_NAME: 'c' }), {
      serviceName: 'b',
    });
    assert.deepEqual(
      readSettings({
        TRACEKIN_ENDPOINT: 'http://zipkin:9411',
        TRACEKIN_HEADERS: 'authorization=Bearer a=b, x=y',
        TRACEKIN_GZIP: 'off',
        TRACEKIN_SAMPLE_RATE: '0.25',
        TRACEKIN_IGNORE_PATHS: '/health, /metrics',
        TRACEKIN_TRACE_ID_BITS: '64',
        TRACEKIN_PROPAGATION: 'b3,xray',
        TRACEKIN_MAX_QUEUED_SPANS: '5',
        OTEL_SDK_DISABLED: 'true',
      }),
      {
        endpoint: 'http://zipkin:9411',
        headers: { authorization: 'Bearer a=b', x: 'y' },
        gzip: false,
        sampleRate: 0.25,
        ignorePaths: ['/health', '/metrics'],
        traceIdBits: 64,
        propagation: ['b3', 'xray'],
        maxQueuedSpans: 5,
        enabled: false,
      },
    );
  });

  const wrong = [
    ['TRACEKIN_SAMPLE_RATE', '1.5', /TRACEKIN_SAMPLE_RATE must be a number from 0 to 1, was "1.5"/],
    ['TRACEKIN_ENABLED', 'maybe', /must be true or false/],
    ['TRACEKIN_ENCODING', 'xml', /must be one of json-v2, json-v1, proto3, thrift/],
    ['TRACEKIN_TAGS', 'novalue', /key=value/],
    ['TRACEKIN_FLUSH_INTERVAL_MS', '0', /whole number above 0/],
    ['TRACEKIN_TRACE_ID_BITS', '32', /one of 64, 128/],
  ] as const;
  for (const [name, value, message] of wrong) {
    it(`name ${name} when it is wrong`, () => {
      assert.throws(() => readSettings({ [name]: value }), { code: 'invalid-configuration', message });
    });
  }

  it('become options that a tracer takes', () => {
    const env = {
      TRACEKIN_IGNORE_PATHS: '/health',
      OTEL_PROPAGATORS: 'tracecontext,baggage',
      TRACEKIN_BAGGAGE: 'user',
    };
    const options = startOptions(readSettings(env), undefined, '/srv/app/checkout.mjs');
    assert.equal(options.serviceName, 'checkout');
    const tracer = new Tracer(options);
    assert.deepEqual(tracer.propagation.fields, ['traceparent', 'tracestate']);
    assert.ok(tracer.propagation.baggage?.has('user'));
    const decide = (path: string): unknown =>
      tracer.http.serverSampler!({ method: 'GET', path, url: path, header: () => undefined });
    assert.deepEqual([decide('/health'), decide('/x')], [false, undefined]);
    assert.equal(startOptions({}, 'pkg', '/x.js').serviceName, 'pkg');
    assert.equal(startOptions({}, undefined, undefined).serviceName, 'unknown');
  });

  it('list every instrumentation that can be left out', () => {
    for (const { name } of INSTRUMENTATIONS) assert.ok(SETTINGS.disable.doc.includes(`\`${name}\``), name);
    assert.throws(() => installAll(new Tracer({ serviceName: 'x' }), ['nope']), /unknown instrumentation "nope"/);
  });

  it('are what docs/tracer/configuration.md lists', () => {
    assert.equal(readFileSync(SETTINGS_PAGE, 'utf8'), settingsPage(), 'run node packages/tracer/settings-docs.ts');
  });

  it('add the collector’s path to a base URL only', () => {
    const path = '/api/v2/spans';
    assert.equal(collectorUrl('http://a:9411', path), 'http://a:9411/api/v2/spans');
    assert.equal(collectorUrl('http://a:9411/zipkin/', path), 'http://a:9411/zipkin/api/v2/spans');
    assert.equal(collectorUrl('https://a/custom/spans?x=1', path), 'https://a/custom/spans?x=1');
    assert.throws(() => collectorUrl('a:9411', path), /http or https URL/);
    assert.throws(() => collectorUrl('nonsense', path), /http or https URL/);
  });
});
