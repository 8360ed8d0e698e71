import type { Log } from '../clickhouse-options.ts';

/** `2026.11.21 10:05:36.36 [ 17165 ] {query id} <Warning> Component: text` */
const LINE = /^\S+ \S+ \[ \d+ \] \{[^}]*\} <(\w+)> (.*)$/;

/** Lines that the engine repeats and that ask nothing of an operator. */
const NOISE = [
  'Temporarily pause scheduling of tasks',
  'Linux transparent hugepages',
  'Delay accounting is not enabled',
];

/** Collects the engine's output: what matters goes to the log, the tail is kept for the message when it dies. */
export class EngineLog {
  readonly #log: Log;
  readonly #tail: string[] = [];
  #rest = '';

  constructor(log: Log) {
    this.#log = log;
  }

  write(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-8192);
    for (const line of lines) this.#line(line.trim());
  }

  /** The last lines, newest last. */
  tail(): string {
    return [...this.#tail, this.#rest.trim()].filter(line => line !== '').join(' | ');
  }

  #line(line: string): void {
    if (line === '') return;
    const [, level, text = line] = LINE.exec(line) ?? [];
    if (level === 'Trace' || level === 'Debug' || level === 'Information' || level === 'Test') return;
    if (NOISE.some(noise => text.includes(noise))) return;
    this.#tail.push(text.slice(0, 500));
    if (this.#tail.length > 5) this.#tail.shift();
    if (level === 'Fatal' || level === 'Critical') this.#log('error', `storage engine: ${text.slice(0, 1000)}`);
    else if (level === 'Error' || level === 'Warning') this.#log('warn', `storage engine: ${text.slice(0, 1000)}`);
  }
}
