import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A text that tells a process from a later one with the same pid: when it started. Undefined when there is no such process.
 * Zombies count as gone.
 */
export function processIdentity(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      // The command, in parentheses, may hold anything; what follows the last one is regular. See proc_pid_stat(5).
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `linux:${fields[19]}`;
    } catch {
      return undefined;
    }
  }
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : `ps:${started}`;
  } catch {
    return undefined;
  }
}

/** A process as it is recorded in a file. */
export interface RecordedProcess {
  readonly pid: number;
  readonly identity: string;
}

export function parseRecordedProcess(text: string): RecordedProcess | undefined {
  const [pid, ...identity] = text.trim().split(' ');
  const number = Number(pid);
  if (!Number.isSafeInteger(number) || number <= 0 || identity.length === 0) return undefined;
  return { pid: number, identity: identity.join(' ') };
}

export function formatRecordedProcess({ pid, identity }: RecordedProcess): string {
  return `${pid} ${identity}\n`;
}

export function isRunning({ pid, identity }: RecordedProcess): boolean {
  return processIdentity(pid) === identity;
}
