import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Span } from '@tracekin/model';
import { builtUi } from './built-ui.ts';
import { serveDist } from './serve-dist.ts';

/** A server with the UI in front of it. */
export interface Target extends AsyncDisposable {
  /** The UI, with a slash at the end. */
  readonly url: string;
  /** Sends traces and waits until a search finds them. */
  readonly send: (traces: readonly (readonly Span[])[]) => Promise<void>;
}

export interface TargetKind {
  readonly name: 'Tracekin' | 'Zipkin';
  /** Why it cannot be tested here, or false. */
  readonly skip: string | false;
  readonly open: () => Promise<Target>;
}

const zipkin = process.env['TRACEKIN_TEST_ZIPKIN'];

/** What every flow that needs no extended API runs against: our server, and a stock Zipkin behind our UI. */
export const TARGETS: readonly TargetKind[] = [
  { name: 'Tracekin', skip: false, open: () => openTracekin() },
  {
    name: 'Zipkin',
    skip:
      zipkin === undefined && process.env['CI'] !== 'true'
        ? 'no Zipkin server; set TRACEKIN_TEST_ZIPKIN to the address of one'
        : false,
    open: openZipkin,
  },
];

/** A Tracekin server of its own with memory storage, stopped at the end. `environment` is added to its own. */
export async function openTracekin(environment: Readonly<Record<string, string>> = {}): Promise<Target> {
  builtUi();
  const port = await freePort();
  const command = fileURLToPath(new URL('../../server/bin/tracekin.ts', import.meta.url));
  const server = spawn(process.execPath, [command, 'serve', '--storage', 'mem', '--port', String(port)], {
    env: { ...process.env, COLLECTOR_OTLP_ENABLED: 'false', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const origin = `http://127.0.0.1:${port}`;
  const exited = new Promise<void>(resolve => server.once('exit', () => resolve()));
  await waitFor(async () => server.exitCode !== null || (await isUp(origin)), 'the server to start');
  if (server.exitCode !== null) throw new Error(`the server ended with ${server.exitCode}`);
  return {
    url: `${origin}/zipkin/`,
    send: traces => sendTraces(origin, traces),
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await exited;
    },
  };
}

async function openZipkin(): Promise<Target> {
  if (zipkin === undefined) throw new Error('TRACEKIN_TEST_ZIPKIN must name a Zipkin server on CI');
  const served = await serveDist({ dist: builtUi(), backend: zipkin });
  return {
    url: served.url,
    send: traces => sendTraces(zipkin, traces),
    [Symbol.asyncDispose]: () => served[Symbol.asyncDispose](),
  };
}

async function sendTraces(origin: string, traces: readonly (readonly Span[])[]): Promise<void> {
  for (let at = 0; at < traces.length; at += 100) {
    const response = await fetch(`${origin}/api/v2/spans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(traces.slice(at, at + 100).flat()),
    });
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  }
  const last = traces.at(-1)?.[0]?.traceId;
  if (last !== undefined)
    await waitFor(async () => (await fetch(`${origin}/api/v2/trace/${last}`)).ok, 'the spans to be stored');
}

async function isUp(origin: string): Promise<boolean> {
  return fetch(`${origin}/health`).then(
    response => response.ok,
    () => false,
  );
}

export async function waitFor(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error(`waited 10 s for ${what}`);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>(resolve => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise<void>(resolve => probe.close(() => resolve()));
  return port;
}
