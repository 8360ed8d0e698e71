import { join } from 'node:path';
import { builtTracer, peerFolder, root } from '../peers.ts';

/** One way to trace the service under load: how its process is started. */
export interface Variant {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const here = join(root, 'bench/tracer/overhead');

/** The variants by name; installs or builds what they need. `sink` is a base URL. */
export function variants(names: readonly string[] | undefined, sink: string): ReadonlyMap<string, Variant> {
  const wanted = (name: string): boolean => names === undefined || names.includes(name);
  const all = new Map<string, Variant>();
  if (wanted('none')) all.set('none', { execArgv: [], env: {} });
  const tracekinNames = ['tracekin', 'tracekin, sampled out', 'tracekin, off'].filter(wanted);
  if (tracekinNames.length > 0) {
    const PEER = builtTracer();
    const execArgv = ['--import', join(here, 'tracekin.mjs')];
    const base = { PEER, TRACEKIN_ENDPOINT: sink, TRACEKIN_SERVICE_NAME: 'bench' };
    const env: Record<string, Record<string, string>> = {
      tracekin: base,
      'tracekin, sampled out': { ...base, TRACEKIN_SAMPLE_RATE: '0' },
      'tracekin, off': { ...base, TRACEKIN_ENABLED: 'false' },
    };
    for (const name of tracekinNames) all.set(name, { execArgv, env: env[name]! });
  }
  if (wanted('opentelemetry')) {
    all.set('opentelemetry', {
      execArgv: ['--require', join(here, 'otel.cjs')],
      env: { PEER: peerFolder('otel'), SINK: sink },
    });
  }
  if (wanted('dd-trace')) {
    all.set('dd-trace', {
      execArgv: ['--require', join(here, 'ddtrace.cjs')],
      env: { PEER: peerFolder('ddtrace'), SINK: sink },
    });
  }
  return all;
}
