// Kills the server, its storage engine, or both, with SIGKILL and under load, again and again; then every span that got a 202 has to be
// there once, and the dependency links have to count every call once. TRACEKIN_KILLS=500 for a longer run.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DependencyLink, Span } from '@tracekin/model';

const kills = Number(process.env['TRACEKIN_KILLS'] ?? '24');
/** A free one: with a fixed port the test would talk to whatever server has it. */
const port = await new Promise<number>(resolve => {
  const probe = createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address() as AddressInfo;
    probe.close(() => resolve(port));
  });
});
const url = `http://127.0.0.1:${port}`;
const data = mkdtempSync(join(tmpdir(), 'tracekin-crash-'));
const command = join(import.meta.dirname, '../../packages/server/bin/tracekin.ts');

let server: ChildProcess | undefined;
let output = '';

after(async () => {
  server?.kill('SIGKILL');
  await new Promise(resolve => setTimeout(resolve, 500));
  rmSync(data, { recursive: true, force: true });
});

async function isUp(): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(3000) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function startServer(): Promise<void> {
  const args = [command, 'serve', '--port', String(port), '--storage', 'clickhouse', '--data', data];
  server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on('data', chunk => {
      output = (output + String(chunk)).slice(-4000);
    });
  }
  for (let attempt = 0; !(await isUp()); attempt += 1) {
    assert.ok(server.exitCode === null, `the server ended with ${server.exitCode}\n${output}`);
    assert.ok(attempt < 600, `the server does not start\n${output}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

/** Pids of the server's children: the storage engine. */
function engines(): number[] {
  return readdirSync('/proc').flatMap(entry => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return parent === server?.pid ? [Number(entry)] : [];
    } catch {
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself in the meantime.
  }
}

async function killServer(): Promise<void> {
  const ended = new Promise(resolve => server?.once('exit', resolve));
  server?.kill('SIGKILL');
  await ended;
}

const id = (): string => randomBytes(8).toString('hex');
const timestamp = Date.now() * 1000;

/** A message of five traces, each one call from a to b. */
function message(): Span[] {
  return Array.from({ length: 5 }, (): Span[] => {
    const [traceId, span] = [id(), id()];
    const shape = { traceId, id: span, name: 'get', timestamp, duration: 10, tags: { key: id() } };
    return [
      { ...shape, kind: 'CLIENT', localEndpoint: { serviceName: 'a' } },
      { ...shape, kind: 'SERVER', shared: true, localEndpoint: { serviceName: 'b' } },
    ];
  }).flat();
}

const acknowledged = new Map<string, string>();
/** Sent, not answered: may be stored or not. */
const unanswered = new Set<string>();
let sending = true;

async function sender(): Promise<void> {
  while (sending) {
    const spans = message();
    try {
      const response = await fetch(`${url}/api/v2/spans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(spans),
        signal: AbortSignal.timeout(10_000),
      });
      await response.arrayBuffer();
      if (response.status === 202) {
        for (const span of spans) acknowledged.set(`${span.traceId} ${span.kind}`, JSON.stringify(span.tags));
      } else assert.equal(response.status, 503);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      for (const span of spans) unanswered.add(span.traceId);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}

async function getJson<T>(path: string): Promise<T> {
  const response = await fetch(url + path);
  const text = await response.text();
  assert.equal(response.status, 200, `${path}: ${text}`);
  return JSON.parse(text) as T;
}

/** Reads every acknowledged trace; what is missing or wrong, as text. */
async function faults(traceIds: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (let from = 0; from < traceIds.length; from += 100) {
    const part = traceIds.slice(from, from + 100);
    const traces = await getJson<Span[][]>(`/api/v2/traceMany?traceIds=${part.join(',')}`);
    const byId = new Map(traces.map(trace => [trace[0]?.traceId, trace]));
    for (const traceId of part) {
      const trace = byId.get(traceId) ?? [];
      if (trace.length !== 2) found.push(`${traceId}: ${trace.length} spans instead of 2`);
      for (const span of trace) {
        if (acknowledged.get(`${traceId} ${span.kind}`) !== JSON.stringify(span.tags))
          found.push(`${traceId}: altered`);
      }
    }
  }
  return found;
}

test(`${kills} kills lose no acknowledged span and duplicate none`, { timeout: 60_000 + kills * 20_000 }, async () => {
  await startServer();
  const senders = Array.from({ length: 4 }, sender);
  for (let round = 0; round < kills; round += 1) {
    await new Promise(resolve => setTimeout(resolve, 100 + Math.random() * 700));
    const children = engines();
    const what = round % 3;
    if (what !== 1) for (const pid of children) kill(pid);
    if (what !== 0) {
      await killServer();
      await startServer();
    }
  }
  await new Promise(resolve => setTimeout(resolve, 500));
  sending = false;
  await Promise.all(senders);

  const traceIds = [...new Set([...acknowledged.keys()].map(key => key.split(' ')[0] ?? ''))];
  assert.ok(traceIds.length > kills * 5, `only ${traceIds.length} traces were acknowledged: the test had no load`);
  let missing: string[] = [];
  for (let attempt = 0; attempt < 60; attempt += 1) {
    missing = await faults(traceIds).catch(error => [(error as Error).message]);
    if (missing.length === 0) break;
    await new Promise(resolve => setTimeout(resolve, 1000));
  }
  assert.deepEqual(missing.slice(0, 5), [], `${missing.length} of ${traceIds.length} traces; ${output}`);

  // Links count calls, so a batch that was written twice would show here although reads leave out identical spans.
  const [link] = await getJson<DependencyLink[]>(`/api/v2/dependencies?endTs=${Date.now()}&lookback=86400000`);
  const calls = link?.callCount ?? 0;
  assert.ok(
    calls >= traceIds.length && calls <= traceIds.length + unanswered.size,
    `${calls} calls for ${traceIds.length} traces and ${unanswered.size} unanswered`,
  );
  console.log(`${kills} kills, ${traceIds.length * 2} acknowledged spans, all there once`);
});
