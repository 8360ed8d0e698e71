import { spawn } from 'node:child_process';
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from './services.ts';

/**
 * The process of a search server that scripts/services.sh started, to be paused, killed and started again on its data. Linux only;
 * needs the right to signal it.
 */
export class SearchServer {
  readonly #url: string;
  readonly #pidFile: string;
  readonly #command: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  readonly #cwd: string;
  readonly #uid: number;

  /** `name` as in `scripts/services.sh start NAME`. */
  constructor(name: string, url: string) {
    this.#url = url;
    const cache = process.env['TRACEKIN_SERVICES_CACHE'] ?? '/var/tmp/tracekin-services';
    this.#pidFile = join(cache, 'run', `${name}.pid`);
    const proc = `/proc/${this.#pid}`;
    const zeroEnded = (file: string): string[] => readFileSync(`${proc}/${file}`, 'utf8').split('\0').slice(0, -1);
    this.#command = zeroEnded('cmdline');
    this.#env = Object.fromEntries(
      zeroEnded('environ').map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    );
    this.#cwd = readlinkSync(`${proc}/cwd`);
    this.#uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`${proc}/status`, 'utf8'))?.[1]);
  }

  get #pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'));
  }

  pause(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  kill(): void {
    process.kill(this.#pid, 'SIGKILL');
  }

  /** Starts it again; resolves when it answers. */
  async start(): Promise<void> {
    const [program = '', ...args] = this.#command;
    const child = spawn(program, args, {
      cwd: this.#cwd,
      env: this.#env,
      uid: this.#uid,
      gid: this.#uid,
      detached: true,
      stdio: 'ignore',
    });
    child.unref();
    writeFileSync(this.#pidFile, String(child.pid));
    const health = `${this.#url}/_cluster/health?wait_for_status=yellow&timeout=1s`;
    await eventually(
      () =>
        fetch(health).then(
          answer => answer.status,
          () => 0,
        ),
      status => status === 200,
      120_000,
    );
  }
}
