// All measurements of the tracer, one after the other: `node bench/tracer/run.ts [overhead|startup|memory] [options of that one]`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const parts = ['startup', 'memory', 'overhead'];
const [first, ...rest] = process.argv.slice(2);
const chosen = first !== undefined && parts.includes(first) ? [first] : parts;
const options = chosen.length === 1 ? rest : process.argv.slice(2);
for (const part of chosen) {
  const file = fileURLToPath(new URL(`${part}.ts`, import.meta.url));
  const { status } = spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--expose-gc', file, ...options],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exit(status ?? 1);
}
