// The storage engine hangs and dies below a server: spans are accepted all the while, questions get an answer that says
// what is wrong, and afterwards everything is there, also after a restart of the server.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const port = 25_412;
const url = `http://127.0.0.1:${port}`;
const data = mkdtempSync(join(tmpdir(), 'tracekin-engine-away-'));
const command = join(import.meta.dirname, '../../packages/server/bin/tracekin.ts');
const YESTERDAY = (Date.now() - 86_400_000) * 1000;

let server: ChildProcess | undefined;
let output = '';

after(async () => {
  server?.kill('SIGKILL');
  await sleep(500);
  rmSync(data, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const args = [command, 'serve', '--port', String(port), '--data', data];
  server = spawn(process.execPath, args, {
    env: { ...process.env, QUERY_TIMEOUT: '2s' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [server.stdout, server.stderr])
    stream?.on('data', chunk => {
      output += String(chunk);
    });
  await eventually('the server is up', async () => (await get('/health')).status === 200);
}

async function stop(): Promise<void> {
  const ended = new Promise(resolve => server?.once('exit', resolve));
  server?.kill('SIGTERM');
  await ended;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function get(path: string): Promise<Answer> {
  try {
    const response = await fetch(url + path, { signal: AbortSignal.timeout(8_000) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

async function eventually(what: string, condition: () => Promise<boolean>, timeoutMs = 45_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; !(await condition()); await sleep(100)) {
    assert(Date.now() < deadline, `in time: ${what}\n${output.slice(-3000)}`);
  }
}

let sent = 0;

/** Sends a trace of yesterday; it has to be accepted at once. */
async function accepts(): Promise<void> {
  const span = { traceId: String(++sent).padStart(16, '0'), id: '1', timestamp: YESTERDAY + sent, tags: { empty: '' } };
  const began = performance.now();
  const response = await fetch(`${url}/api/v2/spans`, { method: 'POST', body: JSON.stringify([span]) });
  assert.equal(response.status, 202);
  assert(performance.now() - began < 2_000, 'without waiting for the engine');
}

async function allThere(): Promise<boolean> {
  const { status, text } = await get(`/api/v2/traces?limit=100&lookback=${7 * 86_400_000}`);
  return status === 200 && (JSON.parse(text) as unknown[]).length === sent;
}

const enginePid = (): number => Number.parseInt(readFileSync(join(data, 'engine', 'engine.pid'), 'utf8'), 10);

test(
  'an engine that hangs or dies stops neither spans nor answers, and nothing is lost',
  { timeout: 180_000 },
  async () => {
    await start();
    await accepts();
    await eventually('the first trace is there', allThere);

    const hung = enginePid();
    process.kill(hung, 'SIGSTOP');
    await accepts();
    const search = await get('/api/v2/traces');
    assert(search.status >= 500, `a search says that it failed: ${search.status}`);
    assert.match(search.text, /did not answer|timed out|timeout|not available|unavailable|does not answer/i);
    await eventually('health is down with a reason', async () => {
      const { status, text } = await get('/health');
      return status === 503 && /ClickHouse|engine/i.test(text);
    });
    // The page itself needs no engine.
    assert.notEqual((await get('/config.json')).status, 0);
    await accepts();
    await eventually('a new engine has everything', allThere);
    assert.notEqual(enginePid(), hung);

    process.kill(enginePid(), 'SIGKILL');
    await accepts();
    await eventually('everything is there after a kill', allThere);
    const { text } = await get('/prometheus');
    assert.match(text, /^tracekin_storage_engine_restarts_total [2-9]/m);
  },
);

test('a restarted server shows the traces of yesterday', { timeout: 60_000 }, async () => {
  await stop();
  await start();
  await eventually('everything is there', allThere);
  const one = await get('/api/v2/trace/1');
  assert.deepEqual(JSON.parse(one.text), [
    { traceId: '0000000000000001', id: '0000000000000001', timestamp: YESTERDAY + 1, tags: { empty: '' } },
  ]);
});
