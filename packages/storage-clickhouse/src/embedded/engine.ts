import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { TracekinError } from '@tracekin/model';
import type { Log } from '../clickhouse-options.ts';
import type { Endpoint } from '../connection.ts';
import { lockDirectory } from './directory-lock.ts';
import { engineConfigXml, engineUsersXml, MERGE_THREADS } from './engine-config.ts';
import { engineLibrary } from './engine-library.ts';
import { EngineLog } from './engine-log.ts';
import { freePort } from './free-port.ts';
import { lowerMerges } from './merge-priority.ts';
import { formatRecordedProcess, isRunning, parseRecordedProcess, processIdentity } from './process-identity.ts';

/**
 * Our statements are short, and planning is most of their time: the older analyzer takes a fifth less for each. It is on its way out, but
 * this engine's version is pinned; a remote one decides for itself, and all statements pass with both.
 */
const SELECT_SETTINGS = { enable_analyzer: 0 } as const;

export interface EngineOptions {
  readonly dataDir: string;
  readonly memoryLimitBytes: number;
  readonly log: Log;
  /** XML for the engine's configuration beyond ours; for tests. */
  readonly extraXml?: string | undefined;
  /** Fixed for tests; a restart otherwise takes any free one. */
  readonly port?: number | undefined;
  /** Waits between attempts to start; the last one repeats. For tests. */
  readonly backOffMs?: readonly number[] | undefined;
  /** Also listen for ClickHouse's native protocol, as shards of a cluster have to; for tests. */
  readonly tcpPort?: number | undefined;
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
}

/** Waits between attempts to start, in milliseconds; the last one repeats. */
const BACK_OFF_MS = [100, 300, 1000, 2000, 5000, 10_000];
/** A run of this length makes the next failure the first one again. */
const STEADY_MS = 30_000;
const READY_TIMEOUT_MS = 60_000;
/** How long a caller waits for an engine that is starting. */
const CALLER_WAIT_MS = 10_000;
const PING_INTERVAL_MS = 2_000;
const PING_TIMEOUT_MS = 3_000;
/** Unanswered pings in a row before the engine counts as hung. */
const PINGS_LOST = 4;
const STOP_TIMEOUT_MS = 5_000;
const ENTRY = fileURLToPath(new URL('./engine-process.ts', import.meta.url));

type State =
  | { readonly name: 'stopped' }
  | { readonly name: 'starting' }
  | { readonly name: 'ready'; readonly endpoint: Endpoint; readonly pid: number }
  | { readonly name: 'failed'; readonly error: TracekinError };

/**
 * The engine as a child process of this one: starts it on first use, starts it again when it dies or hangs, and ends it.
 * Callers see an endpoint, or `unavailable` soon.
 */
export class Engine {
  readonly #options: EngineOptions;
  readonly #library: string;
  readonly #credentials: { readonly username: string; readonly password: string };
  readonly #waiters = new Set<() => void>();
  #state: State = { name: 'stopped' };
  #unlock: (() => void) | undefined;
  #running: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #restarts = 0;

  /** Throws `unsupported` where there is no engine for this platform. Does no other I/O. */
  constructor(options: EngineOptions) {
    this.#options = options;
    this.#library = engineLibrary();
    this.#credentials = options.credentials ?? { username: 'tracekin', password: randomBytes(24).toString('hex') };
  }

  /** Pid of the running engine, for tests, metrics and measurements. */
  get pid(): number | undefined {
    return this.#state.name === 'ready' ? this.#state.pid : undefined;
  }

  /** How often it was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Where it listens; waits for a start under way, but not for ever. */
  async endpoint(): Promise<Endpoint> {
    if (this.#closing.signal.aborted) throw new TracekinError('unavailable', 'the storage is closed');
    if (this.#running === undefined) {
      this.#lock();
      this.#state = { name: 'starting' };
      this.#running = this.#supervise();
    }
    const deadline = Date.now() + CALLER_WAIT_MS;
    for (;;) {
      if (this.#state.name === 'ready') return this.#state.endpoint;
      if (this.#state.name === 'failed') throw this.#state.error;
      const left = deadline - Date.now();
      if (left <= 0 || this.#closing.signal.aborted) {
        throw new TracekinError('unavailable', 'the storage engine is starting', { retryAfterMs: 1000 });
      }
      await this.#stateChange(left);
    }
  }

  /** Ends the engine and unlocks the directory. Repeatable. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#setState({ name: 'stopped' });
    await this.#running;
    this.#unlock?.();
    this.#unlock = undefined;
  }

  #lock(): void {
    mkdirSync(this.#options.dataDir, { recursive: true });
    this.#unlock ??= lockDirectory(this.#options.dataDir);
  }

  #setState(state: State): void {
    this.#state = state;
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }

  #stateChange(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(wake, timeoutMs);
      const waiters = this.#waiters;
      function wake(): void {
        clearTimeout(timer);
        waiters.delete(wake);
        resolve();
      }
      waiters.add(wake);
    });
  }

  async #supervise(): Promise<void> {
    const closing = this.#closing.signal;
    let failures = 0;
    while (!closing.aborted) {
      const started = Date.now();
      let reason: string;
      try {
        reason = await this.#runOnce(closing);
      } catch (error) {
        reason = error instanceof Error ? error.message : String(error);
      }
      if (closing.aborted) return;
      failures = Date.now() - started > STEADY_MS ? 1 : failures + 1;
      this.#restarts++;
      const backOff = this.#options.backOffMs ?? BACK_OFF_MS;
      const wait = backOff[Math.min(failures - 1, backOff.length - 1)]!;
      this.#options.log('error', `the storage engine ended (${reason}); starting it again in ${wait} ms`, { failures });
      if (failures > 2) {
        const error = new TracekinError('unavailable', `the storage engine does not stay up: ${reason}`, {
          retryAfterMs: wait,
        });
        this.#setState({ name: 'failed', error });
      } else {
        this.#setState({ name: 'starting' });
      }
      await sleep(wait, undefined, { signal: closing }).catch(() => {});
    }
  }

  /** One life of the engine; resolves to why it ended. */
  async #runOnce(closing: AbortSignal): Promise<string> {
    const { dataDir, memoryLimitBytes, log } = this.#options;
    const files = path.join(path.resolve(dataDir), 'engine');
    const pidFile = path.join(files, 'engine.pid');
    mkdirSync(files, { recursive: true, mode: 0o700 });
    await endOrphan(pidFile, log);
    const port = this.#options.port ?? (await freePort());
    const usersFile = path.join(files, 'users.xml');
    const configFile = path.join(files, 'config.xml');
    const database = path.join(files, 'db');
    const config = {
      path: database,
      usersFile,
      port,
      memoryLimitBytes,
      extraXml: this.#options.extraXml,
      ...this.#credentials,
    };
    writeFileSync(usersFile, engineUsersXml(config), { mode: 0o600 });
    writeFileSync(configFile, engineConfigXml(config), { mode: 0o600 });
    // An unclean end leaves this behind; the engine only uses it to warn.
    rmSync(path.join(database, 'status'), { force: true });
    const child = spawn(
      process.execPath,
      [
        '--disable-warning=ExperimentalWarning',
        ENTRY,
        this.#library,
        configFile,
        database,
        String(port),
        String(this.#options.tcpPort ?? ''),
      ],
      { stdio: ['pipe', 'pipe', 'pipe'], cwd: files, env: { ...engineEnvironment() } },
    );
    const output = new EngineLog(log);
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => output.write(chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => output.write(chunk));
    child.stdin.on('error', () => {});
    const ended = new Promise<string>(resolve => {
      child.once('error', error => resolve(error.message));
      child.once('close', (code, signal) => {
        const tail = output.tail();
        resolve(`${signal === null ? `exit code ${code}` : `signal ${signal}`}${tail === '' ? '' : `: ${tail}`}`);
      });
    });
    const pid = child.pid;
    if (pid === undefined) return ended;
    writeFileSync(pidFile, formatRecordedProcess({ pid, identity: processIdentity(pid) ?? 'gone' }));
    const over = new AbortController();
    void ended.then(() => over.abort());
    try {
      const endpoint: Endpoint = { url: `http://127.0.0.1:${port}`, ...this.#credentials, settings: SELECT_SETTINGS };
      const stop = AbortSignal.any([closing, over.signal]);
      if (await isReady(endpoint.url, stop)) {
        this.#setState({ name: 'ready', endpoint, pid });
        log('info', 'the storage engine is ready', { pid, port, directory: dataDir });
        void lowerMerges(pid, MERGE_THREADS, stop);
        await watch(endpoint.url, stop, log);
      }
      if (!over.signal.aborted) {
        if (!closing.aborted) child.kill('SIGKILL');
        else await endGently(child, over.signal);
      }
      return await ended;
    } finally {
      if (!closing.aborted) this.#setState({ name: 'starting' });
      rmSync(pidFile, { force: true });
    }
  }
}

/** Only what a process needs; the server's environment may hold secrets and engine settings by accident. */
function engineEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TZ, LANG } = process.env;
  return { PATH, HOME, TMPDIR, TZ: TZ ?? 'UTC', LANG };
}

/** After a `kill -9` of the server its engine may still be ending, and nobody else may hold the directory meanwhile. */
async function endOrphan(pidFile: string, log: Log): Promise<void> {
  if (!existsSync(pidFile)) return;
  const orphan = parseRecordedProcess(readFileSync(pidFile, 'utf8'));
  if (orphan !== undefined && isRunning(orphan)) {
    log('warn', 'ending the storage engine that an earlier server left running', { pid: orphan.pid });
    process.kill(orphan.pid, 'SIGKILL');
    for (let i = 0; i < 100 && isRunning(orphan); i++) await sleep(50);
  }
  rmSync(pidFile, { force: true });
}

/** Polls until it answers; false when it ended, took too long, or was told to stop. */
async function isReady(url: string, stop: AbortSignal): Promise<boolean> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!stop.aborted && Date.now() < deadline) {
    if (await ping(url)) return true;
    await sleep(30, undefined, { signal: stop }).catch(() => {});
  }
  return false;
}

/** Returns when the engine hangs or `stop` fires. */
async function watch(url: string, stop: AbortSignal, log: Log): Promise<void> {
  let lost = 0;
  while (!stop.aborted) {
    await sleep(PING_INTERVAL_MS, undefined, { signal: stop, ref: false }).catch(() => {});
    if (stop.aborted) return;
    lost = (await ping(url)) ? 0 : lost + 1;
    if (lost >= PINGS_LOST && !stop.aborted) {
      log('error', 'the storage engine does not answer; ending it');
      return;
    }
  }
}

async function ping(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ping`, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

async function endGently(child: ChildProcess, over: AbortSignal): Promise<void> {
  child.kill('SIGTERM');
  await sleep(STOP_TIMEOUT_MS, undefined, { signal: over }).catch(() => {});
  if (!over.aborted) child.kill('SIGKILL');
}
