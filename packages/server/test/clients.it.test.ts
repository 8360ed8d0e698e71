// Real, unmodified clients of other languages and projects report to a running server; what they meant is read back.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Span } from '@tracekin/model';
import zipkin from 'zipkin';
import { HttpLogger } from 'zipkin-transport-http';
import { CLIENTS, type ClientProgram, clientProgram } from './testing/client-programs.ts';
import { startServer, type TestServer } from './testing/start-server.ts';

const run = promisify(execFile);
const THREE_APIS = fileURLToPath(new URL('python/three_apis.py', import.meta.url));
const OTLP = fileURLToPath(new URL('python/otlp.py', import.meta.url));
const JAVA_SOURCE = fileURLToPath(new URL('java', import.meta.url));
const GO_SOURCE = fileURLToPath(new URL('go', import.meta.url));

/** instrumentation.md 8.2: service, name, kind, shared, name of the parent; half of a call that shares an id names the other's parent. */
const THREE_API_SPANS = [
  ['api_01', 'call_api_02', 'CLIENT', undefined],
  ['api_01', 'call_api_03_from_01', 'CLIENT', undefined],
  ['api_01', 'index_api_01', 'SERVER', undefined],
  ['api_02', 'call_api_03', 'CLIENT', undefined],
  ['api_02', 'index_api_02', 'SERVER', true],
  ['api_03', 'index_api_03', 'SERVER', true],
  ['api_03', 'index_api_03', 'SERVER', true],
  ['api_03', 'sleep_api_03', 'CLIENT', undefined],
  ['api_03', 'sleep_api_03', 'CLIENT', undefined],
];
const THREE_API_LINKS = [
  { parent: 'api_01', child: 'api_02', callCount: 1 },
  { parent: 'api_01', child: 'api_03', callCount: 1 },
  { parent: 'api_02', child: 'api_03', callCount: 1 },
];

let server: TestServer;

async function readTrace(traceId: string): Promise<Span[]> {
  const answer = await server.call(`/api/v2/trace/${traceId}`);
  assert.equal(answer.status, 200, answer.text);
  return JSON.parse(answer.text) as Span[];
}

async function readLinks(): Promise<object[]> {
  return JSON.parse((await server.call(`/api/v2/dependencies?endTs=${Date.now()}`)).text) as object[];
}

async function droppedMessages(): Promise<number> {
  return JSON.parse((await server.call('/metrics')).text)['counter.zipkin_collector.messages_dropped.http'];
}

function withServer(): void {
  before(async () => {
    server = await startServer();
  });
  after(() => server[Symbol.asyncDispose]());
}

/** A py_zipkin from the registry, in an environment of its own. */
function pyZipkin(version: string, extra = ''): ClientProgram {
  return {
    name: `py_zipkin ${version} (python3 with venv and pip)`,
    installs: `py_zipkin-${version}/installed`,
    install: [
      `rm -rf py_zipkin-${version} && python3 -m venv py_zipkin-${version}`,
      `py_zipkin-${version}/bin/pip install --quiet --disable-pip-version-check 'py_zipkin${extra}==${version}'`,
      `py_zipkin-${version}/bin/python -c 'import py_zipkin.zipkin'`,
      `touch py_zipkin-${version}/installed`,
    ],
  };
}

/** Debian's package, the last that speaks thrift by default. */
const DEBIAN_PY_ZIPKIN: ClientProgram = {
  name: 'Debian python3-py-zipkin 0.15 (apt-get, dpkg)',
  installs: 'debian-py-zipkin/installed',
  install: [
    'rm -rf debian-py-zipkin && mkdir debian-py-zipkin',
    'cd debian-py-zipkin && apt-get download --quiet python3-py-zipkin python3-thriftpy python3-ply python3-six',
    'cd debian-py-zipkin && for package in *.deb; do dpkg -x "$package" root; done',
    'cd debian-py-zipkin && PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 -c "import py_zipkin.zipkin"',
    'touch debian-py-zipkin/installed',
  ],
};

const ZIPKIN_GO: ClientProgram = {
  name: 'zipkin-go 0.4.3 (go)',
  installs: 'zipkin-go',
  install: [`cd '${GO_SOURCE}' && GOPATH='${CLIENTS}/go' GOFLAGS=-modcacherw go build -o '${CLIENTS}/zipkin-go' .`],
};

/** The library of most Java services, Spring Boot's among them. */
const BRAVE: ClientProgram = {
  name: 'Brave 6.3.0 (a JDK and mvn)',
  installs: 'brave-6.3.0/installed',
  install: [
    'rm -rf brave-6.3.0 && mkdir brave-6.3.0',
    `mvn -B -q -ntp -f '${JAVA_SOURCE}/pom.xml' org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies -DoutputDirectory='${CLIENTS}/brave-6.3.0/jars' -DincludeScope=runtime`,
    `javac -d brave-6.3.0 -cp 'brave-6.3.0/jars/*' '${JAVA_SOURCE}/Brave.java'`,
    'touch brave-6.3.0/installed',
  ],
};

/** OpenTelemetry's SDK with its two OTLP exporters. */
const OTEL_PYTHON: ClientProgram = {
  name: 'OpenTelemetry Python 1.39.1 (python3 with venv and pip)',
  installs: 'otel-python-1.39.1/installed',
  install: [
    'rm -rf otel-python-1.39.1 && python3 -m venv otel-python-1.39.1',
    "otel-python-1.39.1/bin/pip install --quiet --disable-pip-version-check 'opentelemetry-sdk==1.39.1' 'opentelemetry-exporter-otlp-proto-grpc==1.39.1' 'opentelemetry-exporter-otlp-proto-http==1.39.1'",
    "otel-python-1.39.1/bin/python -c 'import opentelemetry.exporter.otlp.proto.grpc.trace_exporter'",
    'touch otel-python-1.39.1/installed',
  ],
};

describe('OpenTelemetry Python', () => {
  for (const [protocol, port] of [
    ['grpc', 'main'],
    ['grpc', 'grpc'],
    ['http', 'main'],
    ['http', 'http'],
  ] as const) {
    test(`its OTLP exporter over ${protocol} reports to ${port === 'main' ? 'the main port' : "OTLP's own port"}`, async t => {
      if (clientProgram(t, OTEL_PYTHON) === undefined) return;
      server = await startServer({ otlpGrpcPort: 0, otlpHttpPort: 0 });
      try {
        const number = port === 'main' ? server.server.port : server.server.otlpPorts[port];
        const { stdout, stderr } = await run(`${CLIENTS}/otel-python-1.39.1/bin/python`, [
          OTLP,
          `http://127.0.0.1:${number}`,
          protocol,
        ]);
        assert.equal(stderr, '');
        const spans = await readTrace(stdout.trim());
        const [answer, call] = spans.sort((a, b) => (a.name! < b.name! ? -1 : 1));
        assert.deepEqual(
          spans.map(span => [span.localEndpoint?.serviceName, span.name, span.kind]),
          [
            ['api', 'answer', 'SERVER'],
            ['web', 'call', 'CLIENT'],
          ],
        );
        assert.equal(answer?.parentId, call?.id);
        assert.equal(answer?.tags?.['error'], 'no such order');
        const [link] = (await readLinks()) as { parent: string; child: string; errorCount: number }[];
        assert.deepEqual([link?.parent, link?.child], ['web', 'api']);
      } finally {
        await server[Symbol.asyncDispose]();
      }
    });
  }
});

describe('py_zipkin', () => {
  withServer();
  for (const [program, python, encodings] of [
    [pyZipkin('0.20.0'), `${CLIENTS}/py_zipkin-0.20.0/bin/python`, ['V1_THRIFT', 'V1_JSON', 'V2_JSON']],
    [pyZipkin('1.2.8', '[protobuf]'), `${CLIENTS}/py_zipkin-1.2.8/bin/python`, ['V1_JSON', 'V2_JSON', 'V2_PROTO3']],
    [DEBIAN_PY_ZIPKIN, '/usr/bin/python3', ['V1_THRIFT', 'V1_JSON', 'V2_JSON']],
  ] as const) {
    for (const encoding of encodings) {
      test(`${program.name} reports three APIs as ${encoding}: 9 spans, 6 ids, 3 links`, async t => {
        if (clientProgram(t, program) === undefined) return;
        const before = await readLinks();
        const { stdout, stderr } = await run(python, [THREE_APIS, server.server.url, encoding], {
          env: {
            ...process.env,
            PYTHONPATH:
              program === DEBIAN_PY_ZIPKIN ? `${CLIENTS}/debian-py-zipkin/root/usr/lib/python3/dist-packages` : '',
          },
        });
        assert.doesNotMatch(stderr, /Error emitting/);
        assert.equal(await droppedMessages(), 0);
        const spans = await readTrace(stdout.trim());
        const described = spans.map(span => [span.localEndpoint?.serviceName, span.name, span.kind, span.shared]);
        assert.deepEqual(described.sort(), THREE_API_SPANS);
        assert.equal(new Set(spans.map(span => span.id)).size, 6);
        assert.equal(spans.filter(span => span.parentId === undefined).length, 1);
        assert.ok(
          spans.every(
            span => span.traceId === stdout.trim() && span.timestamp !== undefined && span.duration !== undefined,
          ),
        );
        assert.ok(spans.filter(span => span.name === 'sleep_api_03').every(span => span.duration! >= 10_000));
        assert.deepEqual(await readLinks(), plus(before, THREE_API_LINKS));
      });
    }
  }
});

/** Each trace adds one call to each link. */
function plus(before: readonly object[], links: typeof THREE_API_LINKS): object[] {
  const calls = (before[0] as { callCount: number } | undefined)?.callCount ?? 0;
  return links.map(link => ({ ...link, callCount: calls + 1 }));
}

describe('zipkin-go', () => {
  withServer();
  for (const encoding of ['json', 'proto3']) {
    test(`its HTTP middleware and reporter work with ${encoding}`, async t => {
      const program = clientProgram(t, ZIPKIN_GO);
      if (program === undefined) return;
      const { stdout } = await run(program, [`${server.server.url}/api/v2/spans`, encoding]);
      assert.equal(await droppedMessages(), 0);
      const spans = await readTrace(stdout.trim());
      const byName = Object.fromEntries(spans.map(span => [`${span.localEndpoint?.serviceName} ${span.name}`, span]));
      assert.deepEqual(Object.keys(byName).sort(), [
        'backend get',
        'frontend call orders',
        'frontend http/get',
        'frontend main',
      ]);
      const serverHalf = byName['backend get']!;
      const clientHalf = byName['frontend http/get']!;
      assert.deepEqual([serverHalf.id, serverHalf.kind, serverHalf.shared], [clientHalf.id, 'SERVER', true]);
      assert.deepEqual(
        [clientHalf.kind, clientHalf.localEndpoint],
        ['CLIENT', { serviceName: 'frontend', ipv4: '127.0.0.1', port: 8081 }],
      );
      assert.equal(serverHalf.remoteEndpoint?.ipv4, '127.0.0.1', 'a remote endpoint without a service name is kept');
      assert.equal(serverHalf.remoteEndpoint?.serviceName, undefined);
      assert.deepEqual(serverHalf.tags, { 'http.method': 'GET', 'http.path': '/orders' });
      const [link] = (await readLinks()) as { parent: string; child: string }[];
      assert.deepEqual([link?.parent, link?.child], ['frontend', 'backend']);
    });
  }
});

describe('Brave', () => {
  withServer();
  for (const encoding of ['JSON', 'PROTO3']) {
    test(`its reporter sends both halves of a call as ${encoding}`, async t => {
      if (clientProgram(t, BRAVE) === undefined) return;
      const { stdout } = await run('java', [
        '-cp',
        `${CLIENTS}/brave-6.3.0:${CLIENTS}/brave-6.3.0/jars/*`,
        'Brave',
        `${server.server.url}/api/v2/spans`,
        encoding,
      ]);
      assert.equal(await droppedMessages(), 0);
      const spans = await readTrace(stdout.trim());
      assert.equal(stdout.trim().length, 32);
      const byName = Object.fromEntries(spans.map(span => [`${span.localEndpoint?.serviceName} ${span.name}`, span]));
      assert.deepEqual(Object.keys(byName).sort(), ['backend get /orders', 'backend render', 'frontend call backend']);
      const [serverHalf, clientHalf] = [byName['backend get /orders']!, byName['frontend call backend']!];
      assert.deepEqual([serverHalf.id, serverHalf.kind, serverHalf.shared], [clientHalf.id, 'SERVER', true]);
      assert.deepEqual(clientHalf.remoteEndpoint, { serviceName: 'backend', ipv4: '127.0.0.1', port: 8082 });
      assert.deepEqual(
        serverHalf.annotations?.map(({ value }) => value),
        ['queue full'],
      );
      assert.equal(byName['backend render']?.parentId, serverHalf.id);
      assert.equal(byName['backend render']?.tags?.['error'], 'no paper');
      const [link] = (await readLinks()) as { parent: string; child: string }[];
      assert.deepEqual([link?.parent, link?.child], ['frontend', 'backend']);
    });
  }
});

describe('npm zipkin with its HTTP transport', () => {
  withServer();
  for (const [version, encoder, path] of [
    ['v2', zipkin.jsonEncoder.JSON_V2, '/api/v2/spans'],
    ['v1', zipkin.jsonEncoder.JSON_V1, '/api/v1/spans'],
  ] as const) {
    test(`a client and a server span arrive as JSON ${version}`, async () => {
      const loggers: HttpLogger[] = [];
      const tracer = (name: string): zipkin.Tracer => {
        const logger = new HttpLogger({ endpoint: server.server.url + path, jsonEncoder: encoder, httpInterval: 20 });
        loggers.push(logger);
        const recorder = new zipkin.BatchRecorder({ logger });
        return new zipkin.Tracer({
          ctxImpl: new zipkin.ExplicitContext(),
          recorder,
          localServiceName: name,
          defaultTags: { encoder: version },
        });
      };
      const web = tracer('Web');
      const client = new zipkin.Instrumentation.HttpClient({ tracer: web, remoteServiceName: 'Api' });
      const handler = new zipkin.Instrumentation.HttpServer({ tracer: tracer('Api'), port: 8080 });
      const url = 'http://api.example/orders?x=1';
      const { headers } = client.recordRequest({ headers: {} as Record<string, string> }, url, 'GET');
      const sent = web.id;
      const received = handler.recordRequest('GET', url, header => {
        const value = headers[header];
        return (value === undefined ? zipkin.option.None : new zipkin.option.Some(value)) as never;
      });
      handler.recordResponse(received, '200');
      client.recordResponse(sent, '200');

      const spans = await waitForSpans(received.traceId, 2);
      assert.deepEqual(spans.map(span => [span.localEndpoint?.serviceName, span.name, span.kind]).sort(), [
        ['api', 'get', 'SERVER'],
        ['web', 'get', 'CLIENT'],
      ]);
      assert.deepEqual(new Set(spans.map(span => span.id)).size, 1, 'both halves share the id');
      assert.deepEqual(
        spans.map(span => span.tags?.['http.path']),
        ['/orders', '/orders'],
      );
      assert.equal(spans.find(span => span.kind === 'SERVER')?.shared, true);
      assert.equal(await droppedMessages(), 0);
      const [link] = (await readLinks()) as { parent: string; child: string }[];
      assert.deepEqual([link?.parent, link?.child], ['web', 'api']);
    });
  }
});

async function waitForSpans(traceId: string, count: number): Promise<Span[]> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await server.call(`/api/v2/trace/${traceId}`);
    if (answer.status === 200) {
      const spans = JSON.parse(answer.text) as Span[];
      if (spans.length >= count) return spans;
    }
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  assert.fail(`trace ${traceId} did not arrive: ${(await server.call('/metrics')).text}`);
}
