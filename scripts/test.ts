// Runs the tests: `node scripts/test.ts unit|it [path fragment…]`. Unit tests need nothing but Node and share one
// process; integration tests (`*.it.test.ts`) need real servers and get a process each, two at a time (TEST_JOBS).
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { runIntegrationTests } from './integration-tests.ts';

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

const reporter = process.env['TEST_REPORTER'] ?? (process.stdout.isTTY ? 'spec' : 'dot');
const options = [
  '--disable-warning=ExperimentalWarning',
  '--test',
  `--test-reporter=${reporter}`,
  '--test-reporter-destination=stdout',
];
if (kind === 'it')
  process.exit(
    (await runIntegrationTests(files, [...options, '--test-isolation=process', '--test-timeout=600000'])) ? 0 : 1,
  );
process.exit(
  spawnSync(process.execPath, [...options, '--test-isolation=none', ...files], { stdio: 'inherit' }).status ?? 1,
);
