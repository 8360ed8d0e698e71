import { readdir, readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the engine calls the threads that merge parts. */
const MERGE_THREAD = 'MergeMutate';
/** As in setpriority(2): 19 is the least. */
const NICE = 10;
const INTERVAL_MS = 5_000;

/**
 * Gives way to what somebody waits for: without it each large merge slows accepting, inserts and searches down for as long as it takes. The
 * engine has a setting for that, but heeds it only with a privilege (CAP_SYS_NICE) that containers do not have, and a thread of one's own
 * may always be made less urgent. Looks until it has seen `threads` of them or `stop` fires; where there is no /proc it does nothing.
 */
export async function lowerMerges(pid: number, threads: number, stop: AbortSignal): Promise<void> {
  const lowered = new Set<string>();
  while (!stop.aborted && lowered.size < threads) {
    const tasks = await readdir(`/proc/${pid}/task`).catch(() => undefined);
    if (tasks === undefined) return;
    for (const task of tasks) {
      if (lowered.has(task) || (await nameOf(pid, task)) !== MERGE_THREAD) continue;
      try {
        setPriority(Number(task), NICE);
        lowered.add(task);
      } catch {
        // It has just ended, or the system has other rules: merges then take their share as before.
      }
    }
    await sleep(INTERVAL_MS, undefined, { signal: stop, ref: false }).catch(() => {});
  }
}

async function nameOf(pid: number, task: string): Promise<string | undefined> {
  return readFile(`/proc/${pid}/task/${task}/comm`, 'utf8').then(
    name => name.trim(),
    () => undefined,
  );
}
