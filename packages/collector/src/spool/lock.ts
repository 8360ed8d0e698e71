import { link, readFile, readlink, rename, symlink, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TracekinError } from '@tracekin/model';

/** Directories that this process holds. A pid alone cannot tell a second spool in one process from a dead process. */
const held = new Set<string>();

/**
 * Takes `directory` for this process, or rejects with `invalid-configuration` naming the process that has it. What is
 * left of a process that was killed is taken over: a lock holds only while a process with its pid and its start time
 * (where the platform tells it) is alive. Resolves to the function that gives the directory back.
 */
export async function lockDirectory(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  const own = `${process.pid}@${await startOf(process.pid)}`;
  if (held.has(path)) throw inUse(directory, process.pid);
  held.add(path);
  try {
    await take(directory, path, own);
  } catch (error) {
    held.delete(path);
    throw error;
  }
  return async () => {
    if (!held.delete(path)) return;
    if ((await readLock(path)) === own) await unlink(path);
  };
}

async function take(directory: string, path: string, own: string): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      await create(path, own);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const seen = await readLock(path);
    if (seen === undefined) continue;
    const holder = await liveHolder(seen);
    if (holder !== undefined) throw inUse(directory, holder);
    await removeStale(path, seen);
  }
  throw inUse(directory, undefined);
}

/**
 * The lock is a symbolic link whose target is its text: it appears complete or not at all, and on a full disk as well, for a
 * short target lives in the inode. Windows lets few users make links; there it is a file.
 */
const create = (path: string, own: string): Promise<void> =>
  process.platform === 'win32' ? writeFile(path, own, { flag: 'wx' }) : symlink(own, path);

const readLock = (path: string): Promise<string | undefined> => readlink(path).catch(() => read(path));

/** Moves the lock out of the way, and puts it back when another process has replaced the stale one in the meantime. */
async function removeStale(path: string, seen: string): Promise<void> {
  const aside = `${path}.stale.${process.pid}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readLock(aside)) !== seen) await link(aside, path).catch(() => {});
  await unlink(aside);
}

/** The pid in a lock's text if its process is alive and is not this one. */
async function liveHolder(text: string): Promise<number | undefined> {
  const [, digits, started] = /^(\d{1,10})@(.*)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const pid = Number(digits);
  // Our own pid: in a container every server may be process 1, so this is the lock of a killed predecessor.
  if (pid === 0 || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
  }
  return started === (await startOf(pid)) ? pid : undefined;
}

/**
 * When a process started, in clock ticks since boot, with the boot's id. Empty where the platform does not say (not
 * Linux), `ended` for a process that was killed and that its parent has not yet waited for.
 */
async function startOf(pid: number): Promise<string> {
  const stat = await read(`/proc/${pid}/stat`);
  if (stat === undefined) return '';
  const boot = await read('/proc/sys/kernel/random/boot_id');
  // The second field is a file name in parentheses that may hold spaces; state is the 3rd field, start time the 22nd.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : `${fields[19] ?? ''}.${boot?.trim().slice(0, 18) ?? ''}`;
}

const read = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined);

function inUse(directory: string, pid: number | undefined): TracekinError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new TracekinError(
    'invalid-configuration',
    `${who} is using the spool directory ${directory}: stop it or give this one a data directory of its own`,
  );
}
