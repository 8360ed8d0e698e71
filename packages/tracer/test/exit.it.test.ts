import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run } from './child.ts';
import { startSink } from './sink.ts';

const node = import.meta.resolve('../src/node.ts');
const program = (rest: string): string => `
  import { startTracing } from '${node}';
  const { tracer } = startTracing({ serviceName: 'exiting', endpoint: process.env.SINK, reporting: { flushIntervalMs: 60_000 } });
  tracer.trace('last words', () => {});
  ${rest}`;

describe('Spans of a process that ends', () => {
  const endings = [
    { how: 'by running out of work', rest: '', code: 0 },
    { how: 'by process.exit', rest: 'process.exit(3);', code: 3 },
    { how: 'by an error nobody catches', rest: 'setTimeout(() => { throw new Error("bug"); }, 1);', code: 1 },
    {
      how: 'by SIGTERM, of which it dies',
      rest: 'setInterval(() => {}, 1000); console.log("ready");',
      signal: 'SIGTERM',
    },
    {
      how: 'by SIGINT, of which it dies',
      rest: 'setInterval(() => {}, 1000); console.log("ready");',
      signal: 'SIGINT',
    },
    {
      how: 'by SIGTERM that the application handles itself',
      rest: 'const t = setInterval(() => {}, 1000); process.on("SIGTERM", () => { console.log("mine"); setTimeout(() => process.exit(7), 50); }); console.log("ready");',
      sends: 'SIGTERM',
      code: 7,
    },
  ] as const;

  for (const ending of endings) {
    it(`arrive if it ends ${ending.how}`, async () => {
      await using sink = await startSink();
      const signal = 'signal' in ending ? ending.signal : 'sends' in ending ? ending.sends : undefined;
      const ended = await run({ source: program(ending.rest), env: { SINK: sink.url }, ...(signal && { signal }) });
      assert.equal(ended.signal, 'signal' in ending ? ending.signal : null, ended.stderr);
      assert.equal(ended.code, 'code' in ending ? ending.code : null, ended.stderr);
      const spans = await sink.waitFor(1);
      assert.equal(spans[0]!.name, 'last words');
    });
  }

  const quick = [
    ['running out of work', ''],
    ['process.exit', 'process.exit(0);'],
  ] as const;
  for (const [how, rest] of quick) {
    it(`do not delay ${how} when the collector is down`, async () => {
      // The process itself says how long its end took: its start depends on what else the machine does.
      const timed = `const done = performance.now(); process.on('exit', () => console.log(performance.now() - done)); ${rest}`;
      const ended = await run({ source: program(timed), env: { SINK: 'http://127.0.0.1:1' } });
      assert.equal(ended.code, 0, ended.stderr);
      assert.ok(Number(ended.stdout) > 0 && Number(ended.stdout) < 3_000, `${ended.stdout} ms`);
      assert.ok(ended.stderr.split('\n').filter(line => line.includes('[tracekin]')).length <= 1, ended.stderr);
    });
  }

  it('do not keep it alive, nor does an idle tracer', async () => {
    const start = performance.now();
    const ended = await run({ source: `import { startTracing } from '${node}'; startTracing({ serviceName: 'x' });` });
    assert.equal(ended.code, 0);
    assert.ok(performance.now() - start < 5_000);
  });
});
