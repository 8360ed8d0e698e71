import assert from 'node:assert/strict';
import { once } from 'node:events';
import http2 from 'node:http2';
import { test } from 'node:test';
import * as grpc from '@grpc/grpc-js';
import { encodeSpans } from '@tracekin/codec';
import { type Span, TracekinError } from '@tracekin/model';
import { MemoryStorage } from '@tracekin/storage';
import { startServer } from './testing/start-server.ts';

const REPORT = '/zipkin.proto3.SpanService/Report';
const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const SPAN: Span = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  id: 'a2fb4a1d1a96d312',
  name: 'get',
  timestamp: 1_700_000_000_000_000,
  duration: 10,
  localEndpoint: { serviceName: 'front' },
};

interface Result {
  readonly answer?: Buffer;
  readonly error?: grpc.ServiceError;
}

/** A call by an unmodified @grpc/grpc-js, with bytes as messages. */
function client(
  port: number,
  options: grpc.ClientOptions = {},
): Disposable & {
  call(path: string, message: Uint8Array): Promise<Result>;
} {
  const stub = new grpc.Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
    ...options,
  });
  const bytes = (value: Buffer): Buffer => value;
  return {
    call: (path, message) =>
      new Promise(resolve => {
        stub.makeUnaryRequest(path, bytes, bytes, Buffer.from(message), (error, answer) =>
          resolve({ ...(error && { error }), ...(answer && { answer }) }),
        );
      }),
    [Symbol.dispose]: () => stub.close(),
  };
}

test("Zipkin's Report stores spans and answers with an empty message", async () => {
  await using server = await startServer();
  using stub = client(server.server.port);
  const { answer, error } = await stub.call(REPORT, encodeSpans([SPAN], 'proto3'));
  assert.equal(error, undefined);
  assert.equal(answer?.length, 0);
  assert.equal((await server.server.storage.getTrace(SPAN.traceId))[0]?.name, 'get');
  const metrics = JSON.parse((await server.call('/metrics')).text);
  assert.equal(metrics['counter.zipkin_collector.spans.grpc'], 1);
});

test('an empty message is accepted', async () => {
  await using server = await startServer();
  using stub = client(server.server.port);
  for (const path of [REPORT, EXPORT]) assert.equal((await stub.call(path, new Uint8Array())).answer?.length, 0);
});

test('a gzipped message is accepted', async () => {
  await using server = await startServer();
  using stub = client(server.server.port, {
    'grpc.default_compression_algorithm': grpc.compressionAlgorithms.gzip,
  });
  const spans = Array.from({ length: 300 }, (_, i) => ({ ...SPAN, id: (i + 1).toString(16).padStart(16, '0') }));
  assert.equal((await stub.call(REPORT, encodeSpans(spans, 'proto3'))).error, undefined);
  assert.equal((await server.server.storage.getTrace(SPAN.traceId)).length, 300);
});

test("OTLP's Export stores spans, and tells of those it leaves out", async () => {
  await using server = await startServer();
  using stub = client(server.server.port);
  const good = encodeSpans([SPAN], 'otlp-proto');
  assert.equal((await stub.call(EXPORT, good)).answer?.length, 0);
  assert.equal((await server.server.storage.getTrace(SPAN.traceId)).length, 1);
  // A second request of which a trace id was cut: ExportTraceServiceRequests may be concatenated.
  const bad = Buffer.from(encodeSpans([{ ...SPAN, id: 'ffffffffffffffff' }], 'otlp-proto'));
  const at = bad.indexOf(Buffer.from('ffffffffffffffff', 'hex'));
  bad.fill(0, at, at + 8);
  const { answer, error } = await stub.call(EXPORT, Buffer.concat([good, bad]));
  assert.equal(error, undefined);
  assert.equal(answer?.[0], 0x0a, 'partial_success');
  const counts = JSON.parse((await server.call('/metrics')).text);
  assert.equal(counts['counter.zipkin_collector.spans_dropped.otlp-grpc'], 1);
});

test('bytes that are no spans are INVALID_ARGUMENT with the reason', async () => {
  await using server = await startServer();
  using stub = client(server.server.port);
  for (const path of [REPORT, EXPORT]) {
    const { error } = await stub.call(path, Buffer.from('0a42ff', 'hex'));
    assert.equal(error?.code, grpc.status.INVALID_ARGUMENT, path);
    assert.ok(error.details.length > 5, error.details);
  }
});

test('an unknown method is UNIMPLEMENTED', async () => {
  await using server = await startServer();
  using stub = client(server.server.port);
  const { error } = await stub.call('/zipkin.proto3.SpanService/Nope', new Uint8Array());
  assert.equal(error?.code, grpc.status.UNIMPLEMENTED);
  assert.match(error.details, /no method \/zipkin\.proto3\.SpanService\/Nope/);
});

test('a message beyond the limit is RESOURCE_EXHAUSTED, and the connection goes on', async () => {
  await using server = await startServer({ maxMessageBytes: 1000 });
  using stub = client(server.server.port);
  for (let i = 0; i < 3; i++) {
    const { error } = await stub.call(REPORT, Buffer.alloc(3_000_000, 1));
    assert.equal(error?.code, grpc.status.RESOURCE_EXHAUSTED);
    assert.match(error.details, /larger than 1000 bytes/);
    assert.deepEqual(error.metadata.get('retry-after'), []);
  }
  assert.equal((await stub.call(REPORT, encodeSpans([SPAN], 'proto3'))).error, undefined);
});

test('overload is RESOURCE_EXHAUSTED with RetryInfo, and a failing storage UNAVAILABLE', async () => {
  const storage = new MemoryStorage();
  const failures = [
    new TracekinError('overloaded', 'full – später', { retryAfterMs: 2000 }),
    new TracekinError('unavailable', 'no engine'),
    new TypeError('secret'),
  ];
  storage.write = () => Promise.reject(failures.shift());
  await using server = await startServer({}, { storage });
  using stub = client(server.server.port);
  const message = encodeSpans([SPAN], 'proto3');
  const { error: full } = await stub.call(REPORT, message);
  assert.deepEqual([full?.code, full?.details], [grpc.status.RESOURCE_EXHAUSTED, 'full – später']);
  const details = full?.metadata.get('grpc-status-details-bin')[0] as Buffer;
  assert.ok(details.includes('type.googleapis.com/google.rpc.RetryInfo'));
  assert.ok(details.includes(Buffer.from('0a0408021000', 'hex')) || details.includes(Buffer.from('0802', 'hex')));
  assert.equal((await stub.call(REPORT, message)).error?.code, grpc.status.UNAVAILABLE);
  const { error: defect } = await stub.call(REPORT, message);
  assert.deepEqual([defect?.code, defect?.details], [grpc.status.INTERNAL, 'internal error']);
});

test('the answer has the headers and trailers that gRPC demands', async () => {
  await using server = await startServer();
  const session = http2.connect(server.server.url);
  const message = Buffer.concat([Buffer.from([0, 0, 0, 0, 0])]);
  const stream = session.request({
    ':method': 'POST',
    ':path': REPORT,
    'content-type': 'application/grpc+proto',
    te: 'trailers',
  });
  stream.end(message);
  const [headers] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
  assert.deepEqual([headers[':status'], headers['content-type']], [200, 'application/grpc']);
  const chunks: Buffer[] = [];
  stream.on('data', chunk => chunks.push(chunk));
  const [trailers] = (await once(stream, 'trailers')) as [http2.IncomingHttpHeaders];
  await once(stream, 'close');
  assert.equal(trailers['grpc-status'], '0');
  assert.equal(Buffer.concat(chunks).toString('hex'), '0000000000');
  session.close();
  await once(session, 'close');
});

test('a caller that goes away in the middle of a message harms nobody', async () => {
  await using server = await startServer();
  const session = http2.connect(server.server.url);
  const stream = session.request({ ':method': 'POST', ':path': REPORT, 'content-type': 'application/grpc' });
  stream.on('error', () => {});
  stream.write(Buffer.from([0, 0, 0, 1, 0, 1, 2, 3]));
  await new Promise(resolve => setTimeout(resolve, 20));
  session.destroy();
  using stub = client(server.server.port);
  assert.equal((await stub.call(REPORT, encodeSpans([SPAN], 'proto3'))).error, undefined);
});

test('closing lets a call under way end', async () => {
  const storage = new MemoryStorage();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const write = storage.write.bind(storage);
  let writing = false;
  storage.write = async batch => {
    writing = true;
    await gate;
    return write(batch);
  };
  const { server } = await startServer({ otlpGrpcPort: 0 }, { storage });
  using main = client(server.port);
  using beside = client(server.otlpPorts.grpc!);
  const calls = [
    main.call(REPORT, encodeSpans([SPAN], 'proto3')),
    beside.call(EXPORT, encodeSpans([SPAN], 'otlp-proto')),
  ];
  while (!writing || server.collector.backlog.spans < 2) await new Promise(resolve => setTimeout(resolve, 5));
  const closed = server.close();
  await new Promise(resolve => setTimeout(resolve, 20));
  open();
  for (const { error } of await Promise.all(calls)) assert.equal(error, undefined);
  await closed;
});

test('gRPC-Web works over HTTP/1.1, for browsers of other origins too', async () => {
  await using server = await startServer();
  const spans = encodeSpans([SPAN], 'proto3');
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(spans.length, 1);
  const { status, headers, body } = await server.call(REPORT, {
    method: 'POST',
    headers: { 'content-type': 'application/grpc-web+proto', 'x-grpc-web': '1', origin: 'http://foo.example' },
    body: Buffer.concat([prefix, spans]),
  });
  assert.equal(status, 200);
  assert.equal(headers['content-type'], 'application/grpc-web+proto');
  assert.equal(headers['access-control-allow-origin'], '*');
  assert.equal(body.subarray(0, 5).toString('hex'), '0000000000');
  assert.match(body.subarray(10).toString(), /^grpc-status: 0\r\n$/);
  assert.equal((await server.server.storage.getTrace(SPAN.traceId)).length, 1);
});

test('without the collector its services are not found', async () => {
  await using server = await startServer({ collectorGrpcEnabled: false });
  using stub = client(server.server.port);
  const { error } = await stub.call(REPORT, encodeSpans([SPAN], 'proto3'));
  assert.equal(error?.code, grpc.status.UNIMPLEMENTED, 'as clients read HTTP 404');
});

test("OTLP's own ports take OTLP and nothing else", async () => {
  await using server = await startServer({ otlpGrpcPort: 0, otlpHttpPort: 0 });
  const { grpc: grpcPort, http: httpPort } = server.server.otlpPorts;
  using stub = client(grpcPort!);
  assert.equal((await stub.call(EXPORT, encodeSpans([SPAN], 'otlp-proto'))).error, undefined);
  const post = (port: number, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', connection: 'close' },
      body: Buffer.from(encodeSpans([{ ...SPAN, id: '0000000000000002' }], 'otlp-proto')),
    });
  assert.equal((await post(httpPort!, '/v1/traces')).status, 200);
  assert.equal((await server.server.storage.getTrace(SPAN.traceId)).length, 2);
  for (const [port, path] of [
    [httpPort!, '/api/v2/spans'],
    [httpPort!, '/api/v2/services'],
    [grpcPort!, '/v1/traces'],
  ] as const) {
    const answer = await post(port, path);
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /^404 Not Found: This port takes /);
  }
});

test("a taken port of OTLP's is explained and leaves nothing open", async () => {
  await using first = await startServer({ otlpGrpcPort: 0 });
  const storage = new MemoryStorage();
  let closed = 0;
  const dispose = storage[Symbol.asyncDispose].bind(storage);
  storage[Symbol.asyncDispose] = () => {
    closed++;
    return dispose();
  };
  await assert.rejects(startServer({ otlpGrpcPort: first.server.otlpPorts.grpc! }, { storage }), {
    code: 'invalid-configuration',
    message: /in use; .*--otlp-grpc-port \(TRACEKIN_OTLP_GRPC_PORT\)/,
  });
  assert.equal(closed, 1);
});
