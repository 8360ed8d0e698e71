// Time from process start to listening, time to import, size and number of packages:
//   node bench/tracer/startup.ts [--rounds 12]
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { variants } from './overhead/variants.ts';
import { root } from './peers.ts';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '12' } } });
const rounds = Number(values.rounds);
const app = join(root, '.cache/bench-tracer/listen.cjs');
const all = variants(['none', 'tracekin', 'opentelemetry', 'dd-trace'], 'http://127.0.0.1:9');
writeFileSync(
  app,
  // performance.now() counts from the start of the process.
  `const server = require('node:http').createServer(() => {});
server.listen(0, '127.0.0.1', () => {
  require('node:fs').writeSync(1, JSON.stringify({ ms: performance.now(), rssMb: process.memoryUsage().rss / 1e6 }));
  process.kill(process.pid, 'SIGKILL');
});`,
);

interface Start {
  readonly ms: number;
  readonly rssMb: number;
}

/** Loads the variant's preload module and prints how long that took, milliseconds. */
const importer = `const start = performance.now();
import(process.argv[1]).then(() => {
  require('node:fs').writeSync(1, String(performance.now() - start));
  process.kill(process.pid, 'SIGKILL');
});`;

const imports = new Map<string, number[]>();
const results = new Map<string, Start[]>();
for (let round = 0; round < rounds; round++) {
  for (const [name, { execArgv, env }] of all) {
    const { stdout } = spawnSync(process.execPath, [...execArgv, app], { env: { ...process.env, ...env } });
    results.set(name, [...(results.get(name) ?? []), JSON.parse(stdout.toString()) as Start]);
    const preload = execArgv[1];
    if (preload === undefined) continue;
    const loaded = spawnSync(process.execPath, ['-e', importer, preload], { env: { ...process.env, ...env } });
    imports.set(name, [...(imports.get(name) ?? []), Number(loaded.stdout.toString())]);
  }
}

/** Megabytes and packages of a node_modules folder; Tracekin is one package without dependencies. */
function installed(peer: string | undefined): string {
  if (peer === undefined) return '– | –';
  const folder = existsSync(join(peer, 'node_modules')) ? join(peer, 'node_modules') : peer;
  const kilobytes = Number(execFileSync('du', ['-sk', folder]).toString().split('\t')[0]);
  const packages = folder === peer ? 1 : globSync('**/package.json', { cwd: folder }).filter(isPackage).length;
  return `${(kilobytes / 1024).toFixed(1)} | ${packages}`;
}

/** `node_modules/x/package.json` or `node_modules/@a/x/package.json`, at any depth. */
function isPackage(path: string): boolean {
  const parts = dirname(path).split('/');
  const inner = parts.slice(parts.lastIndexOf('node_modules') + 1);
  return inner.length === (inner[0]!.startsWith('@') ? 2 : 1);
}

console.log(`Node ${process.version}, ${rounds} starts each`);
console.log(
  '| variant | start to listening, ms: min | median | added (min) | import, ms (min) | RSS MB | installed MB | packages |\n|---|---|---|---|---|---|---|---|',
);
const least = (name: string): number => Math.min(...results.get(name)!.map(start => start.ms));
for (const [name, { env }] of all) {
  const times = results
    .get(name)!
    .map(start => start.ms)
    .sort((a, b) => a - b);
  const rss = Math.max(...results.get(name)!.map(start => start.rssMb));
  const loading = Math.min(...(imports.get(name) ?? [0]));
  const cells = [times[0]!, times[times.length >> 1]!, times[0]! - least('none'), loading, rss].map(value =>
    value.toFixed(0),
  );
  console.log(`| ${name} | ${cells.join(' | ')} | ${installed(env['PEER'])} |`);
}
