import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A server under test. */
export interface Contender {
  readonly name: string;
  readonly port: number;
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
}

/** A started server; `stop` ends it and removes its data. */
export interface Started {
  readonly url: string;
  readonly pid: number;
  /** From the command to the first 202, seconds. */
  readonly firstAnswerSeconds: number;
  stop(): Promise<void>;
}

const tracekin: readonly [string, ...string[]] = [
  process.execPath,
  join(root, 'packages/server/bin/tracekin.ts'),
  'serve',
];

/** Where `scripts/services.sh start zipkin` keeps the jar; or what TRACEKIN_BENCH_ZIPKIN_JAR says. */
export function zipkinJar(): string | undefined {
  const cache = process.env.TRACEKIN_SERVICES_CACHE ?? '/var/tmp/tracekin-services';
  const jar = process.env.TRACEKIN_BENCH_ZIPKIN_JAR ?? join(cache, 'zipkin/zipkin-exec.jar');
  return existsSync(jar) ? jar : undefined;
}

/** Tracekin with a storage of its own in a scratch folder. */
export function tracekinServer(storage: 'mem' | 'clickhouse', port: number, maxSpans: number): Contender {
  return {
    name: `Tracekin, ${storage === 'mem' ? 'memory' : 'embedded ClickHouse'}`,
    port,
    command: [...tracekin, '--port', String(port), '--storage', storage],
    env: { MEM_MAX_SPANS: String(maxSpans), TRACEKIN_LOG_LEVEL: 'warn' },
  };
}

/** Zipkin with in-memory storage and a heap that holds the spans. */
export function zipkinServer(jar: string, port: number, maxSpans: number): Contender {
  return {
    name: 'Zipkin 3.6.1, memory',
    port,
    command: ['java', '-Xmx8g', '-jar', jar],
    env: { QUERY_PORT: String(port), MEM_MAX_SPANS: String(maxSpans), ROOT_LOG_LEVEL: 'WARN' },
  };
}

/** The same on Elasticsearch or OpenSearch that runs already; it writes to indices of its own name. */
export function zipkinElasticsearchServer(jar: string, port: number, hosts: string): Contender {
  return {
    name: 'Zipkin 3.6.1, Elasticsearch',
    port,
    command: ['java', '-Xmx1g', '-jar', jar],
    env: {
      QUERY_PORT: String(port),
      STORAGE_TYPE: 'elasticsearch',
      ES_HOSTS: hosts,
      ES_INDEX: `bench-${process.pid}`,
      ROOT_LOG_LEVEL: 'WARN',
    },
  };
}

const probe = '[{"traceId":"fffffffffffffff1","id":"1","name":"probe"}]';

async function accepts(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/v2/spans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: probe,
    });
    await response.arrayBuffer();
    return response.status === 202;
  } catch {
    return false;
  }
}

/** Starts a server and waits for its first 202. */
export async function start(contender: Contender): Promise<Started> {
  const data = mkdtempSync(join(tmpdir(), 'tracekin-bench-'));
  const began = performance.now();
  const [program, ...args] = contender.command;
  const child: ChildProcess = spawn(program, args, {
    env: { ...process.env, ...contender.env, TRACEKIN_DATA_DIR: data },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${contender.port}`;
  while (!(await accepts(url))) {
    if (child.exitCode !== null) throw new Error(`${contender.name} ended with ${child.exitCode}`);
    if (performance.now() - began > 120_000) throw new Error(`${contender.name} does not accept spans`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return {
    url,
    pid: child.pid ?? 0,
    firstAnswerSeconds: (performance.now() - began) / 1000,
    async stop() {
      const ended = new Promise(resolve => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      await ended;
      clearTimeout(timer);
      rmSync(data, { recursive: true, force: true });
    },
  };
}
