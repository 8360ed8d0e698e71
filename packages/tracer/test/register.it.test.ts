import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from './child.ts';
import { startSink } from './sink.ts';

const register = import.meta.resolve('../src/register.ts');

/** A server that calls itself once by each client, in either module system. */
const body = `
  const server = http.createServer(async (request, response) => {
    if (request.url === '/start') {
      await (await fetch('http://127.0.0.1:' + server.address().port + '/fetched')).text();
      await new Promise(resolve => get({ port: server.address().port, host: '127.0.0.1', path: '/got' }, r => r.resume().on('end', resolve)));
    }
    response.end('ok');
  });
  server.listen(0, '127.0.0.1', () => {
    http.get({ port: server.address().port, host: '127.0.0.1', path: '/start', headers: { b3: '463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1' }, agent: false }, r => r.resume().on('end', () => server.close(() => server.closeAllConnections())));
    setTimeout(() => server.closeAllConnections(), 300);
  });`;

describe('node --import @tracekin/tracer/register', () => {
  const modules = [
    ['ESM', 'app.mjs', `import http, { get } from 'node:http';${body}`],
    ['CommonJS', 'app.cjs', `const http = require('http'); const { get } = http;${body}`],
  ] as const;
  for (const [kind, file, source] of modules) {
    it(`traces a ${kind} application that knows nothing of it`, async () => {
      await using sink = await startSink();
      const env = { TRACEKIN_ENDPOINT: sink.url, OTEL_SERVICE_NAME: 'Front', TRACEKIN_TAGS: 'env=test' };
      const ended = await run({ source, file, execArgv: ['--import', register], env });
      assert.equal(ended.code, 0, ended.stderr);
      const spans = await sink.waitFor(6);
      const start = spans.filter(span => span.tags?.['http.path'] === '/start');
      const calls = spans.filter(span => span.kind === 'CLIENT' && span.tags?.['http.path'] !== '/start');
      assert.equal(spans.length, 6);
      assert.equal(start.length, 2);
      const server = start.find(span => span.kind === 'SERVER')!;
      assert.equal(server.localEndpoint?.serviceName, 'front');
      assert.equal(server.tags?.['env'], 'test');
      for (const path of ['/fetched', '/got']) {
        const client = calls.find(span => span.tags?.['http.path'] === path)!;
        assert.equal(client.parentId, server.id, path);
        const callee = spans.find(span => span.kind === 'SERVER' && span.tags?.['http.path'] === path)!;
        assert.deepEqual([callee.id, callee.shared], [client.id, true]);
      }
    });
  }

  it('does nothing if told so, and starts the application although a setting is wrong', async () => {
    await using sink = await startSink();
    const source = 'console.log("started");';
    const off = await run({
      source,
      execArgv: ['--import', register],
      env: { TRACEKIN_ENABLED: 'false', TRACEKIN_ENDPOINT: sink.url },
    });
    assert.deepEqual([off.code, off.stdout, off.stderr], [0, 'started\n', '']);
    const wrong = await run({ source, execArgv: ['--import', register], env: { TRACEKIN_SAMPLE_RATE: 'lots' } });
    assert.deepEqual([wrong.code, wrong.stdout], [0, 'started\n']);
    assert.match(wrong.stderr, /TRACEKIN_SAMPLE_RATE must be a number from 0 to 1/);
  });
});
