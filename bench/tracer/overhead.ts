// CPU per request of a small service, untraced and traced by Tracekin, OpenTelemetry and dd-trace, in one interleaved run:
//   node bench/tracer/overhead.ts [--rounds 5] [--requests 12000] [--only none,tracekin]
// One server process for each measurement, one sink that takes everything, one load generator with 16 connections.
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { load } from './overhead/load.ts';
import { builtTracer, peerFolder, root } from './peers.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    requests: { type: 'string', default: '12000' },
    only: { type: 'string' },
    scenarios: { type: 'string', default: 'hello,fetch,local' },
  },
});
const rounds = Number(values.rounds);
const here = join(root, 'bench/tracer/overhead');

interface Variant {
  readonly execArgv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const dist = builtTracer();
const tracekinFolder = join(root, '.cache/bench-tracer/tracekin/node_modules/@tracekin');
mkdirSync(tracekinFolder, { recursive: true });
try {
  symlinkSync(dist, join(tracekinFolder, 'tracer'));
} catch {
  // there from an earlier run
}
const register = ['--import', join(dist, 'register.js')];
const tracekin = ['--import', join(here, 'tracekin.mjs')];
void register;
void tracekin;
