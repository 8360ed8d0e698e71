// Runs the tests: `node scripts/test.ts unit|it [path fragment…]`. Unit tests need nothing but Node and share one
// process; integration tests (`*.it.test.ts`) need real servers and get a process each.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

const [kind = 'unit', ...fragments] = process.argv.slice(2);
if (kind !== 'unit' && kind !== 'it') {
  console.error('usage: node scripts/test.ts unit|it [path fragment…]');
  process.exit(2);
}

const wanted = (file: string): boolean =>
  !file.includes('node_modules') &&
  file.endsWith('.it.test.ts') === (kind === 'it') &&
  (fragments.length === 0 || fragments.some(fragment => file.includes(fragment)));

const files = ['packages/*/{src,test}/**/*.test.ts', 'demos/**/*.test.ts', 'test/**/*.test.ts', 'bench/**/*.test.ts']
  .flatMap(pattern => globSync(pattern))
  .filter(wanted)
  .sort();
if (files.length === 0) {
  console.error(`no ${kind} test matches ${fragments.join(' ')}`);
  process.exit(1);
}

const isolation =
  kind === 'unit'
    ? ['--test-isolation=none']
    : ['--test-isolation=process', '--test-concurrency=1', '--test-timeout=600000'];
const reporter = process.env['TEST_REPORTER'] ?? (process.stdout.isTTY ? 'spec' : 'dot');
const result = spawnSync(
  process.execPath,
  [
    '--disable-warning=ExperimentalWarning',
    '--test',
    ...isolation,
    `--test-reporter=${reporter}`,
    '--test-reporter-destination=stdout',
    ...files,
  ],
  { stdio: 'inherit' },
);
process.exit(result.status ?? 1);
