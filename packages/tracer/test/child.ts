import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What became of a process. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program to run. */
export interface Program {
  /** Source of the main file, and its name, which decides between ESM and CommonJS. */
  readonly source: string;
  readonly file?: string;
  readonly node?: string;
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The folder to put the file in; default a new one. */
  readonly folder?: string;
  /** Sent when the program has printed `ready`. */
  readonly signal?: NodeJS.Signals;
}

/** Runs a program to its end, at most 20 seconds. */
export async function run(program: Program): Promise<Ended> {
  const folder = program.folder ?? mkdtempSync(join(tmpdir(), 'tracekin-'));
  const file = join(folder, program.file ?? 'app.mjs');
  writeFileSync(file, program.source);
  const child = spawn(program.node ?? process.execPath, [...(program.execArgv ?? []), file], {
    cwd: folder,
    env: { ...process.env, NODE_OPTIONS: '', ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', text => {
    stdout += text;
    if (program.signal !== undefined && text.includes('ready')) child.kill(program.signal);
  });
  const limit = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const ended = await new Promise<Ended>(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  clearTimeout(limit);
  if (program.folder === undefined) rmSync(folder, { recursive: true });
  return ended;
}
