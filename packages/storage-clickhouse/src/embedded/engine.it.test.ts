import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TracekinError } from '@tracekin/model';
import { Connection } from '../connection.ts';
import { engineMissing, temporaryEngine } from '../testing/embedded-engine.ts';
import { isRunning, parseRecordedProcess, processIdentity } from './process-identity.ts';

const missing = engineMissing();

async function until(what: string, condition: () => boolean, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!condition()) {
    assert(Date.now() < deadline, `in time: ${what}`);
    await sleep(25);
  }
}

function commandOf(pid: number, task: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** A server in a process of its own, as far as the engine can tell; prints the engine's pid. */
function otherServer(dataDir: string): ReturnType<typeof spawn> {
  const script = `
    import { Engine } from ${JSON.stringify(new URL('./engine.ts', import.meta.url).href)};
    const engine = new Engine({ dataDir: ${JSON.stringify(dataDir)}, memoryLimitBytes: 536870912, log: () => {} });
    await engine.endpoint();
    console.log(engine.pid);
    setInterval(() => {}, 1000);`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ReturnType<typeof spawn>): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout!) {
    text += chunk;
    if (text.includes('\n')) return text.trim();
  }
  throw new Error('the other server ended');
}

if (missing !== undefined) {
  test('the supervisor of the embedded engine', t => t.skip(missing));
} else {
  test('threads that merge parts give way to others', { skip: process.platform !== 'linux' }, async () => {
    const { engine, close } = temporaryEngine();
    try {
      const connection = new Connection(() => engine.endpoint());
      await connection.command({ text: 'CREATE TABLE default.t (a UInt8) ENGINE = MergeTree ORDER BY a' });
      for (let part = 0; part < 4; part++) await connection.command({ text: 'INSERT INTO default.t SELECT 1' });
      await connection.command({ text: 'OPTIMIZE TABLE default.t FINAL' });
      await until('a thread with a lower priority', () =>
        readdirSync(`/proc/${engine.pid}/task`).some(
          task => commandOf(engine.pid!, task) === 'MergeMutate' && getPriority(Number(task)) === 10,
        ),
      );
    } finally {
      await close();
    }
  });

  test('an engine that is killed is started again and finds its tables', async () => {
    const { engine, close } = temporaryEngine();
    try {
      const connection = new Connection(() => engine.endpoint());
      await connection.command({ text: 'CREATE DATABASE d' });
      await connection.command({ text: 'CREATE TABLE d.t (a UInt8) ENGINE = MergeTree ORDER BY a' });
      await connection.command({ text: 'INSERT INTO d.t SELECT 1' });
      const first = engine.pid!;
      process.kill(first, 'SIGKILL');
      await until('another engine', () => engine.pid !== undefined && engine.pid !== first);
      const [block] = await connection.query({ text: 'SELECT a FROM d.t' });
      assert.equal(block?.rows, 1);
      assert.equal(engine.restarts, 1);
      await connection.close();
    } finally {
      await close();
    }
  });

  test('an engine that hangs is replaced, and callers get an error meanwhile', async () => {
    const { engine, close } = temporaryEngine();
    try {
      const connection = new Connection(() => engine.endpoint());
      await connection.query({ text: 'SELECT 1' });
      const first = engine.pid!;
      process.kill(first, 'SIGSTOP');
      await assert.rejects(
        connection.query({ text: 'SELECT 1' }, { timeoutMs: 500 }),
        (error: unknown) => error instanceof TracekinError && error.code === 'timeout',
      );
      await until('another engine', () => engine.pid !== undefined && engine.pid !== first, 40_000);
      assert.equal((await connection.query({ text: 'SELECT 1' })).length, 1);
      await connection.close();
    } finally {
      await close();
    }
  });

  test('a second server on the directory is refused with the first one named', async () => {
    const { engine, dataDir, close } = temporaryEngine();
    try {
      await engine.endpoint();
      const second = temporaryEngine({ dataDir });
      await assert.rejects(
        second.engine.endpoint(),
        (error: unknown) =>
          error instanceof TracekinError && error.code === 'invalid-configuration' && error.message.includes(dataDir),
      );
      await second.engine.close();
      assert.notEqual(engine.pid, undefined);
    } finally {
      await close();
    }
  });

  test('the engine of a server that was killed ends by itself, and another server takes the directory', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'tracekin-orphan-'));
    const server = otherServer(dataDir);
    const pid = Number(await firstLine(server));
    const identity = processIdentity(pid)!;
    server.kill('SIGKILL');
    await until('the orphan ended', () => !isRunning({ pid, identity }));
    const { engine, close } = temporaryEngine({ dataDir });
    await engine.endpoint();
    await close();
  });

  test('an engine that outlived its server is ended before another one starts', async () => {
    const dataDir = mkdtempSync(path.join(tmpdir(), 'tracekin-orphan-'));
    const server = otherServer(dataDir);
    const pid = Number(await firstLine(server));
    // A stopped engine cannot notice that its server died.
    process.kill(pid, 'SIGSTOP');
    server.kill('SIGKILL');
    await new Promise(resolve => server.once('close', resolve));
    const recorded = parseRecordedProcess(readFileSync(path.join(dataDir, 'engine', 'engine.pid'), 'utf8'))!;
    assert.equal(recorded.pid, pid);
    const { engine, close } = temporaryEngine({ dataDir });
    await engine.endpoint();
    assert.equal(isRunning(recorded), false);
    await close();
  });

  test('the user that needs no password may not read anything', async () => {
    const { engine, close } = temporaryEngine();
    try {
      const { url } = await engine.endpoint();
      const connection = new Connection(() => engine.endpoint());
      await connection.command({ text: 'CREATE DATABASE d' });
      await connection.command({ text: 'CREATE TABLE d.t (a UInt8) ENGINE = MergeTree ORDER BY a' });
      await connection.close();
      for (const query of [
        'SELECT * FROM d.t',
        'INSERT INTO d.t SELECT 1',
        'CREATE DATABASE x',
        'DROP DATABASE d',
        'SYSTEM SHUTDOWN',
      ]) {
        const response = await fetch(url, { method: 'POST', body: query });
        await response.arrayBuffer();
        assert.equal(response.ok, false, query);
      }
    } finally {
      await close();
    }
  });

  test('closing ends the engine and lets go of the directory', async () => {
    const { engine, dataDir, close } = temporaryEngine();
    await engine.endpoint();
    const recorded = { pid: engine.pid!, identity: processIdentity(engine.pid!)! };
    await engine.close();
    assert.equal(isRunning(recorded), false);
    await assert.rejects(engine.endpoint(), { code: 'unavailable' });
    const next = temporaryEngine({ dataDir });
    await next.engine.endpoint();
    await next.close();
    await close();
    rmSync(dataDir, { recursive: true, force: true });
  });
}
