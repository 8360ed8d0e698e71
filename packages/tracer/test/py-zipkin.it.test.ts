import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { nodeHttpClient } from '../src/instrumentation/node-http-client.ts';
import { nodeHttpServer } from '../src/instrumentation/node-http-server.ts';
import { testTracing } from '../src/testing.ts';
import { startSink } from './sink.ts';

/** A service traced by hand with unmodified py_zipkin: joins the caller, calls NEXT in a client span, reports as JSON v2. */
const service = `
import http.server, os, sys, urllib.request
from py_zipkin import Encoding
from py_zipkin.request_helpers import create_http_headers, extract_zipkin_attrs_from_headers
from py_zipkin.zipkin import zipkin_client_span, zipkin_span

def transport(encoded):
    data = encoded if isinstance(encoded, bytes) else encoded.encode()
    urllib.request.urlopen(urllib.request.Request(os.environ['SINK'] + '/api/v2/spans', data, {'Content-Type': 'application/json'}))

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        attrs = extract_zipkin_attrs_from_headers(dict(self.headers))
        with zipkin_span(service_name='py', span_name='index', zipkin_attrs=attrs, transport_handler=transport, encoding=Encoding.V2_JSON):
            with zipkin_client_span(service_name='py', span_name='call_next'):
                urllib.request.urlopen(urllib.request.Request(os.environ['NEXT'], headers=create_http_headers())).read()
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass

server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True)
server.handle_request()
`;

const python = spawnSync('python3', ['-m', 'pip', '--version']).status === 0;
const skip = python || process.env['CI'] === 'true' ? false : 'python3 with pip is not there';

describe('A chain through a service with py_zipkin', () => {
  it('is one trace with shared span ids: Tracekin calls it, it calls Tracekin', { skip }, async t => {
    const packages = mkdtempSync(join(tmpdir(), 'tracekin-python-'));
    execFileSync(
      'python3',
      ['-m', 'pip', 'install', '-q', '--root-user-action=ignore', '--target', packages, 'py_zipkin==1.2.8'],
      { stdio: 'pipe' },
    );
    using tracing = testTracing();
    await using sink = await startSink();
    const off = [nodeHttpServer, nodeHttpClient].map(instrumentation => instrumentation.install(tracing.tracer));
    const server = createServer((_request, response) => void response.end());
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const env = {
      ...process.env,
      PYTHONPATH: packages,
      SINK: sink.url,
      NEXT: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    };
    const child = spawn('python3', ['-c', service], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(async () => {
      for (const undo of off) undo();
      child.kill();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
      rmSync(packages, { recursive: true });
    });
    const port = await new Promise<number>(resolve => child.stdout.once('data', text => resolve(Number(text))));
    await tracing.tracer.trace(
      'job',
      () =>
        new Promise(resolve =>
          get(`http://127.0.0.1:${port}/`, { agent: false }, response => resolve(response.resume())),
        ),
    );
    await sink.waitFor(2);
    const job = (await tracing.reporter.waitFor(3)).find(span => span.name === 'job')!;
    const ours = tracing.reporter.spans.filter(span => span.traceId === job.traceId);
    const theirs = sink.spans.filter(span => span.traceId === job.traceId);
    assert.deepEqual([ours.length, theirs.length], [3, 2]);
    const find = <S extends { kind?: string | undefined }>(spans: readonly S[], kind: string): S =>
      spans.find(span => span.kind === kind)!;
    const [client, pyServer, pyClient, last] = [
      find(ours, 'CLIENT'),
      find(theirs, 'SERVER'),
      find(theirs, 'CLIENT'),
      find(ours, 'SERVER'),
    ];
    assert.equal(client.parentId, job.id);
    assert.deepEqual([pyServer.id, pyServer.shared], [client.id, true]);
    assert.equal(pyClient.parentId, pyServer.id);
    assert.deepEqual([last.id, last.parentId, last.shared], [pyClient.id, pyServer.id, true]);
  });
});
