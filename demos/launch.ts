import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Demo, DemoService } from './topology.ts';

export interface LaunchOptions {
  /** Where spans go, e.g. `http://127.0.0.1:9411`. */
  readonly server: string;
  /** Multiplies the pauses that stand for work; 0.05 in tests. */
  readonly workScale?: number;
  /** The Python with requirements.txt installed; needed for Flask services only. */
  readonly python?: string;
}

/** Running services; disposing ends them. */
export interface Launched extends AsyncDisposable {
  /** Resolves when every service listens; rejects with a service's own output when one ends before. */
  readonly ready: Promise<void>;
}

const folder = fileURLToPath(new URL('.', import.meta.url));

function start(service: DemoService, options: LaunchOptions): ChildProcess {
  const scale = options.workScale ?? 1;
  const environment = {
    ...process.env,
    ...service.environment,
    PORT: String(service.port),
    TRACEKIN_SERVICE_NAME: service.name,
    TRACEKIN_ENDPOINT: `${options.server}/api/v2/spans`,
    ZIPKIN_ENDPOINT: `${options.server}/api/v2/spans`,
    TRACEKIN_UI: `${options.server}/zipkin`,
    WORK_SCALE: String(scale),
    WORK_SECONDS: String(0.5 * scale),
  };
  const [file = '', ...rest] = service.file.split(' ');
  if (!file.endsWith('.py')) {
    const flags = ['--disable-warning=ExperimentalWarning', '--import', '@tracekin/tracer/register'];
    return spawn(process.execPath, [...flags, `${folder}${file}`], { env: environment, cwd: folder });
  }
  if (options.python === undefined)
    throw new Error(
      `${service.name} is a Flask service and needs a Python: pip install -r demos/flask/requirements.txt`,
    );
  const python = { ...environment, PYTHONPATH: `${folder}flask`, PYTHONDONTWRITEBYTECODE: '1' };
  return spawn(options.python, [`${folder}flask/${file}`, ...rest], { env: python, cwd: folder });
}

async function listening(child: ChildProcess, service: DemoService): Promise<void> {
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-2000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) break;
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(service.port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (open) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`${service.name} does not listen on port ${service.port}\n${output}`);
}

/** Starts every service of a demo as a process of its own. */
export function launch(demo: Demo, options: LaunchOptions): Launched {
  const children = demo.services.map(service => ({ service, child: start(service, options) }));
  return {
    ready: Promise.all(children.map(({ child, service }) => listening(child, service))).then(() => undefined),
    async [Symbol.asyncDispose]() {
      await Promise.all(
        children.map(async ({ child }) => {
          if (child.exitCode !== null || child.signalCode !== null) return;
          const ended = new Promise(resolve => child.once('exit', resolve));
          child.kill('SIGTERM');
          const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
          await ended;
          clearTimeout(timer);
        }),
      );
    },
  };
}
