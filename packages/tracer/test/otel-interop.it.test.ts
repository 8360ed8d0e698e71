import assert from 'node:assert/strict';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { peerFolder } from '../../../bench/tracer/peers.ts';
import { nodeHttpClient } from '../src/instrumentation/node-http-client.ts';
import { nodeHttpServer } from '../src/instrumentation/node-http-server.ts';
import { testTracing } from '../src/testing.ts';
import { run } from './child.ts';
import { startSink } from './sink.ts';

/** A service traced by the stock OpenTelemetry SDK: tells NEXT its port, answers one request after calling NEXT. */
const otelService = `
const peer = require('node:module').createRequire(process.env.PEER + '/');
const { NodeSDK } = peer('@opentelemetry/sdk-node');
const { ZipkinExporter } = peer('@opentelemetry/exporter-zipkin');
const { HttpInstrumentation } = peer('@opentelemetry/instrumentation-http');
const sdk = new NodeSDK({ serviceName: 'otel-service', traceExporter: new ZipkinExporter({ url: process.env.SINK + '/api/v2/spans' }), instrumentations: [new HttpInstrumentation()] });
sdk.start();
const http = require('node:http');
const server = http.createServer((request, response) => {
  http.get(process.env.NEXT, { agent: false }, next => next.resume().on('end', () => response.end('ok', () => {
    server.close();
    setTimeout(() => sdk.shutdown(), 50);
  })));
});
server.listen(0, '127.0.0.1', () => http.get(process.env.NEXT + 'port/' + server.address().port, { agent: false }, r => r.resume()));
`;

describe('A chain through a service with the OpenTelemetry SDK', () => {
  it('is one trace: Tracekin calls it, it calls Tracekin', async t => {
    using tracing = testTracing();
    await using sink = await startSink();
    const off = [nodeHttpServer, nodeHttpClient].map(instrumentation => instrumentation.install(tracing.tracer));
    const listening = Promise.withResolvers<string>();
    const server = createServer((request, response) => {
      response.end();
      if (request.url!.startsWith('/port/')) listening.resolve(request.url!.slice(6));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.after(async () => {
      for (const undo of off) undo();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    });
    const next = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const ended = run({
      source: otelService,
      file: 'otel.cjs',
      env: { PEER: peerFolder('otel'), SINK: sink.url, NEXT: next },
    });
    const port = await Promise.race([listening.promise, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
    tracing.reporter.take();
    await tracing.tracer.trace(
      'job',
      () =>
        new Promise(resolve =>
          get(`http://127.0.0.1:${port}/`, { agent: false }, response => response.resume().on('end', resolve)),
        ),
    );
    assert.equal((await ended).code, 0);
    const job = (await tracing.reporter.waitFor(3)).find(span => span.name === 'job')!;
    const ours = tracing.reporter.spans.filter(span => span.traceId === job.traceId);
    const theirs = sink.spans.filter(span => span.traceId === job.traceId);
    const find = <S extends { kind?: string | undefined }>(spans: readonly S[], kind: string): S =>
      spans.find(span => span.kind === kind)!;
    assert.equal(find(ours, 'CLIENT').parentId, job.id);
    assert.equal(find(theirs, 'SERVER').parentId, find(ours, 'CLIENT').id);
    assert.equal(find(theirs, 'CLIENT').parentId, find(theirs, 'SERVER').id);
    assert.equal(find(ours, 'SERVER').parentId, find(theirs, 'CLIENT').id);
  });
});
