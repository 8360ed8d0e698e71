// Installs the libraries to compare with into .cache/ (git-ignored), once: they are far too large to be dependencies.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Packages of each peer, exact versions. */
export const PEERS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  otel: {
    '@opentelemetry/api': '1.10.0',
    '@opentelemetry/sdk-node': '0.301.0',
    '@opentelemetry/exporter-zipkin': '3.1.0',
    '@opentelemetry/instrumentation-http': '0.301.0',
    '@opentelemetry/instrumentation-undici': process.env['OTEL_UNDICI'] ?? 'latest',
  },
  ddtrace: { 'dd-trace': process.env['DD_TRACE'] ?? 'latest' },
};

/** The folder that holds a peer's node_modules; installs it if need be. */
export function peerFolder(name: string): string {
  const folder = join(root, '.cache/bench-tracer', name);
  if (existsSync(join(folder, 'node_modules'))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: PEERS[name] }));
  console.error(`installing ${Object.keys(PEERS[name]!).join(', ')} into ${folder}`);
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  return folder;
}

/** The tracer as it is published, built afresh. */
export function builtTracer(): string {
  execFileSync(process.execPath, [join(root, 'packages/tracer/build.ts')], { stdio: 'inherit' });
  return join(root, 'packages/tracer/dist');
}
