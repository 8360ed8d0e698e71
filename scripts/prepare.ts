// Runs after `npm ci`: builds the UI, so that `npm start` serves it at once. Without development dependencies (the
// container's last stage) there is nothing to build with, and nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const fromUi = createRequire(join(root, 'packages/ui/package.json'));

let vite: string | undefined;
try {
  vite = join(fromUi.resolve('vite/package.json'), '../bin/vite.js');
} catch {
  console.log('The UI is not built: there is no vite without development dependencies.');
}
if (vite !== undefined && existsSync(join(root, 'packages/ui/index.html'))) {
  const { status } = spawnSync(process.execPath, [vite, 'build', join(root, 'packages/ui'), '--logLevel', 'warn'], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}
