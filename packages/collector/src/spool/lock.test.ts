import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { lockDirectory } from './lock.ts';

describe('the lock of a spool directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tracekin-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  /** A process that takes the lock and then does nothing. */
  async function holder(): Promise<{ pid: number; kill: () => Promise<unknown> }> {
    const module = new URL('./lock.ts', import.meta.url).href;
    const code = `await (await import(${JSON.stringify(module)})).lockDirectory(process.argv[1]); console.log('held'); setInterval(() => {}, 1000)`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout!, 'data');
    return {
      pid: child.pid!,
      kill: () => {
        const exited = once(child, 'exit');
        child.kill('SIGKILL');
        return exited;
      },
    };
  }

  test('a second owner in another process is refused by name, and let in once the first was killed', async () => {
    const first = await holder();
    await assert.rejects(lockDirectory(directory), {
      code: 'invalid-configuration',
      message: new RegExp(`process ${first.pid} is using the spool directory .*: stop it or`),
    });
    await first.kill();
    const unlock = await lockDirectory(directory);
    await unlock();
    assert.deepEqual(await readdir(directory), []);
  });

  test('a second owner in the same process is refused', async () => {
    const unlock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), { code: 'invalid-configuration' });
    await unlock();
    await (await lockDirectory(directory))();
  });

  for (const [what, text] of [
    ['a process with the same pid that started at another time', `${process.ppid}@1.other-boot`],
    ['an earlier process with our own pid, as in a container', `${process.pid}@1.other-boot`],
    ['a process that is gone', '4194304999@1.x'],
    ['nobody that can be read', 'garbage'],
  ]) {
    test(
      `what is left of ${what} is taken over`,
      { skip: process.platform === 'linux' ? false : 'needs /proc' },
      async () => {
        await symlink(text!, join(directory, 'lock'));
        const unlock = await lockDirectory(directory);
        assert.match(await readlink(join(directory, 'lock')), new RegExp(`^${process.pid}@`));
        await unlock();
      },
    );
  }

  test('an empty lock file is taken over', async () => {
    await writeFile(join(directory, 'lock'), '');
    await (await lockDirectory(directory))();
  });

  test('unlocking leaves a lock alone that is not its own any more', async () => {
    const unlock = await lockDirectory(directory);
    await rm(join(directory, 'lock'));
    await symlink('1@other', join(directory, 'lock'));
    await unlock();
    assert.equal(await readlink(join(directory, 'lock')), '1@other');
  });
});
