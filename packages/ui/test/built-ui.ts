import { execFileSync } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ui = fileURLToPath(new URL('..', import.meta.url));

/** The folder of the built UI, built first when a source is newer than it. */
export function builtUi(): string {
  const index = `${ui}dist/index.html`;
  const builtAt = existsSync(index) ? statSync(index).mtimeMs : 0;
  const sources = globSync(['src/**/*', 'public/*', 'index.html', 'vite.config.ts'], { cwd: ui });
  const stale = sources.some(file => !file.endsWith('.test.ts') && statSync(ui + file).mtimeMs > builtAt);
  if (stale)
    execFileSync(
      process.execPath,
      [
        `${dirname(createRequire(import.meta.url).resolve('vite/package.json'))}/bin/vite.js`,
        'build',
        ui,
        '--logLevel',
        'warn',
      ],
      { stdio: 'inherit' },
    );
  return `${ui}dist`;
}
