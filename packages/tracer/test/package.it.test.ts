import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { API_PAGE, apiPage } from '../api-docs.ts';
import { run } from './child.ts';
import { startSink } from './sink.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** Every line of Node that is supported, as the `node` package has it. */
const NODES = ['20', '22', '24', '26'];
const LIMIT_BYTES = 120_000;

/** Uses the package as an application would: both module systems, server, both clients, a local span, context over a body. */
const steps = `
  const server = http.createServer(async (request, response) => {
    if (request.url === '/start') {
      let size = 0;
      await new Promise(resolve => request.on('data', chunk => { size += chunk.length; }).on('end', resolve));
      const { port } = server.address();
      await trace('local', async span => {
        span.tag('size', size);
        await (await fetch('http://127.0.0.1:' + port + '/fetched')).text();
        await new Promise(resolve => get({ port, host: '127.0.0.1', path: '/got', agent: false }, r => r.resume().on('end', resolve)));
      });
    }
    response.end('ok');
  });
  server.listen(0, '127.0.0.1', () => {
    const headers = { b3: '463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1' };
    const body = Buffer.alloc(300000);
    http.request({ port: server.address().port, host: '127.0.0.1', path: '/start', method: 'POST', headers, agent: false }, r => {
      r.resume().on('end', () => { server.close(); server.closeAllConnections(); });
    }).end(body);
  });`;

describe('The published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tracekin-package-'));
  before(() => {
    execFileSync(process.execPath, [join(root, 'packages/tracer/build.ts')]);
    const packed = execFileSync('npm', ['pack', '--pack-destination', folder, '--json'], {
      cwd: join(root, 'packages/tracer/dist'),
    });
    const [{ filename, size }] = JSON.parse(packed.toString()) as [{ filename: string; size: number }];
    assert.ok(size < LIMIT_BYTES, `${size} bytes packed`);
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    execFileSync('npm', ['install', '--no-audit', '--no-fund', join(folder, filename)], { cwd: folder, stdio: 'pipe' });
  });
  after(() => rmSync(folder, { recursive: true }));

  it('has no dependency and nothing of the private packages in its types', () => {
    const installed = join(folder, 'node_modules/@tracekin/tracer');
    const json = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    assert.equal(json['dependencies'], undefined);
    for (const [entry, { types, default: file }] of Object.entries(
      json['exports'] as Record<string, { types: string; default: string }>,
    )) {
      assert.ok(statSync(join(installed, types)).size > 0, entry);
      assert.ok(statSync(join(installed, file)).size > 0, entry);
    }
  });

  it('is what docs/tracer/api.md describes, every export with a docstring', () => {
    const page = apiPage();
    assert.equal(readFileSync(API_PAGE, 'utf8'), page, 'run node packages/tracer/api-docs.ts');
    const bare = [...page.matchAll(/^### (\w+)\n\n```/gm)].map(match => match[1]);
    assert.deepEqual(bare, []);
  });

  it('type-checks in a strict project that checks its libraries too', () => {
    writeFileSync(
      join(folder, 'use.ts'),
      `import { trace, traced, currentSpan, type Span, TracekinError } from '@tracekin/tracer';
       import { startTracing } from '@tracekin/tracer/node';
       import { testTracing } from '@tracekin/tracer/testing';
       import { zipkinSpan } from '@tracekin/tracer/compat';
       const n: number = trace('x', () => 1);
       const p: Promise<string> = trace('x', async (span: Span) => { span.tag('a', 1); return 'a'; });
       class A { @traced('y') async load(id: number): Promise<string> { return String(id); } }
       const s: string = zipkinSpan({ serviceName: 'a' }, () => 'x');
       using t = testTracing();
       startTracing({ serviceName: 'x', sampler: 0.1, http: { serverSampler: ({ path }) => path !== '/health' } });
       currentSpan.tag('k', 'v');
       export { n, p, A, s, t, TracekinError };`,
    );
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const options = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom,esnext.disposable',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
    ];
    try {
      execFileSync(process.execPath, [tsc, ...options, 'use.ts'], { cwd: folder });
    } catch (error) {
      assert.fail(String((error as { stdout: Buffer }).stdout));
    }
  });

  for (const version of NODES) {
    it(`works on Node ${version}, ESM and CommonJS`, async () => {
      const prefix = join(folder, `node-${version}`);
      execFileSync(
        'npm',
        ['install', '--prefix', prefix, '--no-audit', '--no-fund', '--foreground-scripts', `node@${version}`],
        { stdio: 'pipe' },
      );
      const node = join(prefix, 'node_modules/node/bin/node');
      assert.match(execFileSync(node, ['--version']).toString(), new RegExp(`^v${version}\\.`));
      const sources = [
        ['app.mjs', `import http, { get } from 'node:http'; import { trace } from '@tracekin/tracer';${steps}`],
        // require() of ESM came to Node 20 with 20.19 and to 22 with 22.12.
        [
          'app.cjs',
          `const http = require('http'); const { get } = http; const { trace } = require('@tracekin/tracer');${steps}`,
        ],
      ] as const;
      for (const [file, source] of sources) {
        await using sink = await startSink();
        const env = { TRACEKIN_ENDPOINT: sink.url, TRACEKIN_SERVICE_NAME: 'smoke' };
        const ended = await run({
          source,
          file,
          node,
          folder,
          env,
          execArgv: ['--import', '@tracekin/tracer/register'],
        });
        assert.equal(ended.code, 0, ended.stderr);
        const spans = await sink.waitFor(7);
        assert.equal(spans.length, 7, file);
        const local = spans.find(span => span.name === 'local')!;
        const server = spans.find(span => span.kind === 'SERVER' && span.tags?.['http.path'] === '/start')!;
        assert.equal(local.tags?.['size'], '300000');
        assert.equal(local.parentId, server.id, `${file}: context in the request's body listeners`);
        for (const path of ['/fetched', '/got']) {
          const [client, callee] = ['CLIENT', 'SERVER'].map(
            kind => spans.find(span => span.kind === kind && span.tags?.['http.path'] === path)!,
          );
          assert.equal(client!.parentId, local.id, `${file} ${path}`);
          assert.deepEqual([callee!.id, callee!.shared], [client!.id, true], `${file} ${path}`);
        }
      }
    });
  }

  it('names the routes of express 4, which publishes nothing', async () => {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', 'express@4'], { cwd: folder, stdio: 'pipe' });
    const source = `
      const express = require('express');
      const http = require('node:http');
      const users = express.Router().get('/:id', (request, response) => response.end());
      const app = express().use('/users', users).get('/plain', (request, response) => setTimeout(() => response.end(), 5));
      const server = app.listen(0, '127.0.0.1', async () => {
        for (const path of ['/users/7', '/plain']) {
          await new Promise(resolve => http.get({ port: server.address().port, host: '127.0.0.1', path, agent: false }, r => r.resume().on('end', resolve)));
        }
        server.close();
      });`;
    await using sink = await startSink();
    const env = { TRACEKIN_ENDPOINT: sink.url, TRACEKIN_SERVICE_NAME: 'four', TRACEKIN_DISABLE: 'http-client' };
    const ended = await run({
      source,
      file: 'four.cjs',
      folder,
      env,
      execArgv: ['--import', '@tracekin/tracer/register'],
    });
    assert.equal(ended.code, 0, ended.stderr);
    const spans = await sink.waitFor(2);
    assert.deepEqual(
      spans.map(span => span.name),
      ['get /users/:id', 'get /plain'],
    );
  });

  it('bundles for browsers without anything of Node', async () => {
    const { build } = await import('esbuild');
    const source = `import { Tracer, BatchReporter, fetchSender } from '@tracekin/tracer';
      export const tracer = new Tracer({ serviceName: 'page', reporter: new BatchReporter({ sender: fetchSender({ url: '/x' }), warn() {} }) });`;
    const { outputFiles } = await build({
      stdin: { contents: source, resolveDir: folder },
      bundle: true,
      platform: 'browser',
      format: 'esm',
      minify: true,
      write: false,
    });
    assert.ok(!/node:/.test(outputFiles[0]!.text));
    const file = join(folder, 'page.mjs');
    writeFileSync(file, outputFiles[0]!.text);
    const { tracer } = await import(file);
    assert.equal(
      tracer.trace('sync', () => tracer.currentContext.traceId.length),
      32,
    );
    await tracer.close();
  });
});
