import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TracekinError } from '@tracekin/model';
import { formatRecordedProcess, isRunning, parseRecordedProcess, processIdentity } from './process-identity.ts';

/** Directories that this process has locked: the same process may not open one twice either. */
const held = new Set<string>();

/**
 * Makes this process the only server on `directory`, which exists. A lock that a dead process left is taken over. Throws
 * `invalid-configuration` when another server is running there. Returns the function that unlocks.
 */
export function lockDirectory(directory: string): () => void {
  const resolved = path.resolve(directory);
  const file = path.join(resolved, 'server.lock');
  if (held.has(resolved)) throw refusal(resolved, process.pid);
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, formatRecordedProcess({ pid: process.pid, identity: processIdentity(process.pid) ?? 'unknown' }));
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      try {
        // Linking, unlike writing, makes the file appear with its content or not at all.
        linkSync(mine, file);
        held.add(resolved);
        return () => {
          held.delete(resolved);
          rmSync(file, { force: true });
        };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = readHolder(file);
      if (holder !== undefined && isRunning(holder)) throw refusal(resolved, holder.pid);
      // Renaming decides between two servers that both see a stale lock.
      try {
        renameSync(file, `${mine}.stale`);
        rmSync(`${mine}.stale`, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      }
    }
    throw refusal(resolved, undefined);
  } finally {
    rmSync(mine, { force: true });
  }
}

function readHolder(file: string): ReturnType<typeof parseRecordedProcess> {
  try {
    return parseRecordedProcess(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

function refusal(directory: string, pid: number | undefined): TracekinError {
  const who =
    pid === undefined ? 'another server' : pid === process.pid ? 'this process' : `another server (process ${pid})`;
  return new TracekinError(
    'invalid-configuration',
    `the data directory ${directory} is in use by ${who}; stop it or choose another directory`,
  );
}
