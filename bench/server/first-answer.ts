// Time from starting the command to the first 202 for a span, as a user waits for it: node bench/server/first-answer.ts [mem|clickhouse] [runs]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [storage = 'mem', runs = '7'] = process.argv.slice(2);
const COMMAND = fileURLToPath(new URL('../../packages/server/bin/tracekin.ts', import.meta.url));
const PORT = 22091;
const SPANS = '[{"traceId":"1","id":"1","timestamp":1700000000000000}]';

function post(): Promise<number | undefined> {
  return new Promise(resolve => {
    const request = http.request(
      { port: PORT, host: '127.0.0.1', path: '/api/v2/spans', method: 'POST', agent: false },
      response => {
        response.resume().on('end', () => resolve(response.statusCode));
      },
    );
    request.on('error', () => resolve(undefined));
    request.end(SPANS);
  });
}

async function firstAnswer(env: NodeJS.ProcessEnv): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), 'tracekin-start-'));
  const start = performance.now();
  const child = spawn(
    process.execPath,
    [COMMAND, 'serve', '--storage', storage, '--port', String(PORT), '--data', data, '--log-level', 'silent'],
    {
      stdio: 'inherit',
      env: { ...process.env, ...env },
    },
  );
  while ((await post()) !== 202) await new Promise(resolve => setTimeout(resolve, 2));
  const ms = performance.now() - start;
  child.kill('SIGTERM');
  await once(child, 'exit');
  await rm(data, { recursive: true });
  return ms;
}

async function measure(name: string, env: NodeJS.ProcessEnv): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < Number(runs); i++) times.push(await firstAnswer(env));
  times.sort((a, b) => a - b);
  const at = (part: number): string => times[Math.floor(part * (times.length - 1))]!.toFixed(0);
  console.log(`${name.padEnd(32)} median ${at(0.5)} ms, fastest ${at(0)} ms, slowest ${at(1)} ms`);
}

console.log(
  `${cpus()[0]!.model.trim()}, ${cpus().length} cores, Node ${process.version}, ${storage} storage, ${runs} starts each`,
);
await measure('without compile cache', { NODE_DISABLE_COMPILE_CACHE: '1' });
await measure('with compile cache', {});
