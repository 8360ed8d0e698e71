import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { builtUi } from '../packages/ui/test/built-ui.ts';

/** What files use that only one of them can have at a time. */
const SHARED: readonly { readonly file: RegExp; readonly resource: string }[] = [
  // One kills the server that the others search in.
  { file: /^packages\/storage-elasticsearch\//, resource: 'search servers' },
  // It holds what all of them sent.
  { file: /^packages\/ui\/test\/(?:map|search|trace)\.|^test\/zipkin\//, resource: 'Zipkin' },
];

/** What measures time: after all others, alone. */
const ALONE = /^packages\/ui\/test\/performance\.|^packages\/tracer\/test\/exit\./;

/** Files at a time: most of them wait more than they compute, but a browser or an engine has work for one processor. */
const JOBS = Number(process.env['TEST_JOBS'] ?? Math.min(2, availableParallelism()));

/**
 * Runs each file in a process of its own and prints what it said when it has ended, so that those that run at the same time
 * do not mix. Those that share something start first: they can only run one after the other and would be left over.
 *
 * @param options of `node --test`
 * @returns whether all tests of all files passed
 */
export async function runIntegrationTests(files: readonly string[], options: readonly string[]): Promise<boolean> {
  // Once, before several tests at the same time find that it is out of date.
  if (files.some(file => file.startsWith('packages/ui/'))) builtUi();
  const running = new Set<ChildProcess>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(1);
    });
  }
  const run = async (file: string): Promise<boolean> => {
    const began = performance.now();
    const child = spawn(process.execPath, [...options, file], { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => output.push(part));
    const status = await new Promise<number | null>(resolve => child.once('close', resolve));
    running.delete(child);
    const seconds = Math.round((performance.now() - began) / 1000);
    process.stdout.write(`-- ${file}\n${Buffer.concat(output)}-- ${file}: ${seconds} s\n`);
    return status === 0;
  };

  const resourceOf = (file: string): string | undefined => SHARED.find(entry => entry.file.test(file))?.resource;
  const waiting = files.filter(file => !ALONE.test(file));
  waiting.sort((a, b) => Number(resourceOf(a) === undefined) - Number(resourceOf(b) === undefined));
  const taken = new Set<string>();
  let passed = true;
  const work = async (): Promise<void> => {
    for (;;) {
      const next = waiting.findIndex(file => !taken.has(resourceOf(file) ?? ''));
      if (next < 0) return;
      const [file] = waiting.splice(next, 1) as [string];
      const resource = resourceOf(file);
      if (resource !== undefined) taken.add(resource);
      passed = (await run(file)) && passed;
      if (resource !== undefined) taken.delete(resource);
    }
  };
  // A worker that finds nothing it may take ends; whoever holds the resource goes on with what is left.
  await Promise.all(Array.from({ length: Math.max(1, JOBS) }, work));
  for (const file of files) if (ALONE.test(file)) passed = (await run(file)) && passed;
  return passed;
}
