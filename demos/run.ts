// `npm run demo`: the server, both demos, a few requests, and the links to open. Ctrl-C ends everything.
import { parseArgs } from 'node:util';
import { createServer } from '@tracekin/server';
import { launch } from './launch.ts';
import { type Demo, threeApis, twoServices } from './topology.ts';

const help = `Starts Tracekin and both demo applications, sends a few requests, and prints where to look.

  npm run demo -- [--port 9411] [--storage clickhouse|mem] [--data DIR] [--once]

  --port     port of the server and its UI (default 9411)
  --storage  where traces are kept (default: as npm start)
  --data     folder of the storage (default ./data)
  --once     stop after the first requests (for scripts)
`;

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9411' },
    storage: { type: 'string' },
    data: { type: 'string' },
    once: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const { storage } = values;
if (storage !== undefined && storage !== 'clickhouse' && storage !== 'mem') {
  console.error(`--storage is clickhouse or mem, not ${storage}`);
  process.exit(2);
}
const server = await createServer({
  port: Number(values.port),
  ...(storage === undefined ? {} : { storage }),
  ...(values.data === undefined ? {} : { data: values.data }),
});
const { url } = server;
const demos = [twoServices(), threeApis()];
const running = demos.map(demo => launch(demo, { server: url }));

async function visit({ name, open }: Demo): Promise<void> {
  const response = await fetch(open);
  const text = await response.text();
  if (!response.ok) throw new Error(`the demo ${name} answers ${open} with ${response.status}: ${text.slice(0, 500)}`);
}

let stopping = false;
async function stop(status: number): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const demo of running) await demo[Symbol.asyncDispose]();
  await server.close();
  process.exit(status);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));

try {
  await Promise.all(running.map(demo => demo.ready));
  console.log('\nSending a few requests…');
  await Promise.all(demos.flatMap(demo => [1, 2, 3].map(() => visit(demo))));
  console.log(`
  Traces           ${url}/zipkin/
  Who calls whom   ${url}/zipkin/dependency
${demos.map(demo => `  Send another     ${demo.open}   (${demo.sentence})`).join('\n')}

Ctrl-C stops everything.`);
  if (values.once) await stop(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  await stop(1);
}
