import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

/** Where unmodified clients of other languages are installed; ignored by git, kept between runs. */
export const CLIENTS: string = fileURLToPath(new URL('../../../../.cache/clients', import.meta.url));

export interface ClientProgram {
  /** As a person would name it, with its version. */
  readonly name: string;
  /** Below CLIENTS; exists once it is installed. */
  readonly installs: string;
  /** Shell lines run in CLIENTS. */
  readonly install: readonly string[];
}

/** What starts a program, or undefined when the test was skipped because the machine cannot install it. In CI that fails. */
export function clientProgram(t: TestContext, program: ClientProgram): string | undefined {
  const path = join(CLIENTS, program.installs);
  if (existsSync(path)) return path;
  mkdirSync(CLIENTS, { recursive: true });
  for (const line of program.install) {
    const { status, stderr } = spawnSync('sh', ['-ec', line], { cwd: CLIENTS, encoding: 'utf8' });
    if (status === 0) continue;
    rmSync(path, { recursive: true, force: true });
    const message = `${program.name} cannot be installed here: ${line}: ${stderr.trim().split('\n').at(-1)}`;
    if (process.env['CI'] === 'true') throw new Error(message);
    t.skip(message);
    return undefined;
  }
  if (!existsSync(path)) throw new Error(`${program.name} was installed without ${path}`);
  return path;
}
