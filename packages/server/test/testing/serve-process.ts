import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../bin/tracekin.ts', import.meta.url));

export interface ServeProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Messages of the log so far. */
  readonly log: readonly string[];
  /** Resolves to the exit code, or the signal that ended the process. */
  readonly ended: Promise<number | string>;
}

/** Starts `tracekin serve` as a process of its own on a free port and waits until it is ready. */
export async function serveProcess(arguments_: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ServeProcess> {
  const child = spawn(process.execPath, [COMMAND, 'serve', '--port', '0', '--log-format', 'json', ...arguments_], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string);
  const log: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    let found = '';
    createInterface({ input: child.stdout! }).on('line', line => {
      const { msg } = JSON.parse(line) as { msg: string };
      log.push(msg);
      found = /^POST spans to (.*)\/api\/v2\/spans$/.exec(msg)?.[1] ?? found;
      if (msg.startsWith('ready after ')) resolve(found);
    });
    void ended.then(code => reject(new Error(`serve ended with ${code}: ${log.join('; ')}`)));
  });
  return { url, child, log, ended };
}
