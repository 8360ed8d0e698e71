import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { FormatName } from '../../propagation/format.ts';
import { InMemoryReporter } from '../../reporter/in-memory-reporter.ts';
import { currentContext, withoutTracing } from '../../scope.ts';
import { Tracer } from '../../tracer.ts';
import type { Instrumentation } from '../instrumentation.ts';

/** One HTTP client for {@link testHttpClient}. */
export interface ClientAdapter {
  readonly name: string;
  readonly instrumentation: Instrumentation;
  /** Sends a request with the header `x-own: 1` and reads the response; rejects if there is none. */
  send(
    url: string,
    method: 'GET' | 'POST',
    signal?: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: string }>;
  /** Sends one and never reads the body of the response. */
  sendUnread(url: string): Promise<unknown>;
}

const LARGE = 'x'.repeat(3_000_000);

/** What every instrumented HTTP client promises, run against a real server. */
export function testHttpClient(adapter: ClientAdapter): void {
  describe(`CLIENT spans of ${adapter.name}`, () => {
    const reporter = new InMemoryReporter();
    const warn = (message: string): void => assert.fail(message);
    let tracer = new Tracer({ serviceName: 'contract', reporter, warn });
    let server: Server;
    let base: string;
    let seen: IncomingHttpHeaders[] = [];
    let uninstall = (): void => {};

    const use = (next: Tracer): void => {
      uninstall();
      tracer = next;
      uninstall = adapter.instrumentation.install(tracer);
    };

    before(async () => {
      const handle: RequestListener = (request, response) => {
        seen.push(request.headers);
        if (request.url!.startsWith('/status/')) response.statusCode = Number(request.url!.slice(8));
        if (request.url === '/hang') return;
        if (request.url === '/cut') return void response.destroy();
        response.end('ok');
      };
      ({ server, base } = await listening(createServer(handle)));
    });
    after(async () => {
      uninstall();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    });
    beforeEach(() => {
      use(new Tracer({ serviceName: 'contract', reporter, warn }));
      reporter.take();
      seen = [];
    });

    it('have the shape of Zipkin’s HTTP spans, and the request carries their ids', async () => {
      await tracer.trace('work', () => adapter.send(`${base}/path?secret=1`, 'GET'));
      const [client, local] = await reporter.waitFor(2);
      assert.equal(client!.kind, 'CLIENT');
      assert.equal(client!.name, 'get');
      assert.deepEqual(client!.tags, { 'http.method': 'GET', 'http.path': '/path' });
      assert.deepEqual(client!.remoteEndpoint, { ipv4: '127.0.0.1', port: Number(new URL(base).port) });
      assert.deepEqual(client!.localEndpoint, { serviceName: 'contract' });
      assert.equal(client!.parentId, local!.id);
      assert.ok(client!.duration! > 0 && client!.duration! <= local!.duration!);
      assert.equal(seen[0]!['x-own'], '1');
      assert.equal(seen[0]!['x-b3-traceid'], client!.traceId);
      assert.equal(seen[0]!['x-b3-spanid'], client!.id);
      assert.equal(seen[0]!['x-b3-parentspanid'], local!.id);
      assert.equal(seen[0]!['x-b3-sampled'], '1');
      assert.equal(seen[0]!['traceparent'], `00-${client!.traceId}-${client!.id}-01`);
    });

    const written: Record<FormatName, readonly string[]> = {
      b3: ['b3'],
      b3multi: ['x-b3-parentspanid', 'x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid'],
      tracecontext: ['traceparent'],
      xray: ['x-amzn-trace-id'],
    };
    for (const format of Object.keys(written) as FormatName[]) {
      it(`write ${format}`, async () => {
        use(new Tracer({ serviceName: 'contract', reporter, warn, propagation: { write: [format] } }));
        await tracer.trace('work', () => adapter.send(base, 'GET'));
        const names = Object.keys(seen[0]!).filter(name => /b3|trace/.test(name));
        assert.deepEqual(names.sort(), written[format]);
        const extracted = tracer.extract(seen[0]!, (headers, name) => headers[name]);
        const [client] = await reporter.waitFor(2);
        assert.deepEqual(
          [extracted?.traceId, extracted?.spanId, extracted?.sampled],
          [client!.traceId, client!.id, true],
        );
      });
    }

    it('name a peer that configuration knows', async () => {
      use(new Tracer({ serviceName: 'contract', reporter, warn, peers: { [new URL(base).host]: 'Backend' } }));
      await adapter.send(base, 'GET');
      const [client] = await reporter.waitFor(1);
      assert.equal(client!.remoteEndpoint?.serviceName, 'backend');
      assert.equal(client!.parentId, undefined);
    });

    for (const status of [404, 503]) {
      it(`fail with status ${status}`, async () => {
        assert.equal((await adapter.send(`${base}/status/${status}`, 'POST')).status, status);
        const [client] = await reporter.waitFor(1);
        assert.equal(client!.name, 'post');
        assert.equal(client!.tags?.['http.status_code'], String(status));
        assert.equal(client!.tags?.['error'], String(status));
      });
    }

    it('fail when nobody listens', async () => {
      const gone = await listening(createServer());
      await new Promise(resolve => gone.server.close(resolve));
      await assert.rejects(adapter.send(gone.base, 'GET'));
      const [client] = await reporter.waitFor(1);
      assert.match(client!.tags?.['error'] ?? '', /ECONNREFUSED/);
    });

    it('fail when the connection is cut', async () => {
      await assert.rejects(adapter.send(`${base}/cut`, 'GET'));
      const [client] = await reporter.waitFor(1);
      assert.ok(client!.tags?.['error']);
      assert.equal(reporter.spans.length, 1);
    });

    it('fail when the caller gives up', async () => {
      const abort = new AbortController();
      const answer = adapter.send(`${base}/hang`, 'GET', abort.signal);
      setTimeout(() => abort.abort(), 30);
      await assert.rejects(answer);
      const [client] = await reporter.waitFor(1);
      assert.ok(client!.tags?.['error']);
    });

    it('end although the body is never read', async () => {
      const other = await listening(createServer((_request, response) => void response.end(LARGE)));
      await adapter.sendUnread(other.base);
      const [client] = await reporter.waitFor(1);
      assert.equal(client!.tags?.['error'], undefined);
      other.server.closeAllConnections();
      other.server.close();
    });

    it('are children of whoever called, also in parallel', async () => {
      await Promise.all(
        ['a', 'b', 'c', 'd'].map(name =>
          tracer.trace(name, async () => {
            await new Promise(resolve => setTimeout(resolve, 1));
            await adapter.send(`${base}/${name}`, 'GET');
            await adapter.send(`${base}/${name}`, 'GET');
          }),
        ),
      );
      const spans = await reporter.waitFor(12);
      for (const parent of spans.filter(span => span.kind === undefined)) {
        const children = spans.filter(span => span.parentId === parent.id);
        assert.deepEqual(
          children.map(child => child.tags?.['http.path']),
          [`/${parent.name}`, `/${parent.name}`],
        );
      }
    });

    it('leave the caller in its context', async () => {
      await tracer.trace('work', async span => {
        await adapter.send(base, 'GET');
        assert.equal(currentContext(), span.context);
      });
      assert.equal(currentContext(), undefined);
    });

    it('are not kept for a trace that is not sampled, which the request says', async () => {
      use(new Tracer({ serviceName: 'contract', reporter, warn, sampler: 0 }));
      await adapter.send(base, 'GET');
      assert.equal(seen[0]!['x-b3-sampled'], '0');
      assert.equal(reporter.spans.length, 0);
    });

    it('are none for requests that the library makes itself, nor while tracing is switched off', async () => {
      await withoutTracing(() => adapter.send(base, 'GET'));
      tracer.enabled = false;
      await adapter.send(base, 'GET');
      assert.equal(reporter.spans.length, 0);
      assert.deepEqual(
        seen.flatMap(headers => Object.keys(headers).filter(name => /b3|trace/.test(name))),
        [],
      );
    });
  });
}

async function listening(server: Server): Promise<{ server: Server; base: string }> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, base: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
