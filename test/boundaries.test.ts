import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/**
 * Who may import whom, from the package graph in ARCHITECTURE.md. `libraries: false` means that the package has no
 * third-party run-time dependency at all.
 */
const packages: Record<
  string,
  { readonly imports: readonly string[]; readonly libraries: boolean; readonly node: boolean }
> = {
  model: { imports: [], libraries: false, node: false },
  codec: { imports: ['model'], libraries: false, node: false },
  storage: { imports: ['model', 'codec'], libraries: false, node: true },
  'storage-clickhouse': { imports: ['model', 'codec', 'storage'], libraries: true, node: true },
  'storage-elasticsearch': { imports: ['model', 'codec', 'storage'], libraries: true, node: true },
  collector: { imports: ['model', 'codec', 'storage'], libraries: true, node: true },
  query: { imports: ['model', 'codec', 'storage'], libraries: true, node: true },
  tracer: { imports: ['model', 'codec'], libraries: false, node: true },
  ui: { imports: ['model'], libraries: true, node: false },
  server: {
    imports: [
      'model',
      'codec',
      'storage',
      'storage-clickhouse',
      'storage-elasticsearch',
      'collector',
      'query',
      'tracer',
    ],
    libraries: true,
    node: true,
  },
};

/** The only file that may name the backends. */
const composition = 'packages/server/src/backends.ts';

const importPattern = /(?:from|import)\s*\(?\s*'([^']+)'/g;

function sources(name: string): string[] {
  return globSync(`packages/${name}/src/**/*.{ts,tsx}`).filter(
    file => !/\.test\.tsx?$|\/testing\/|\.d\.ts$/.test(file),
  );
}

function importsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(importPattern)].map(match => match[1] ?? '');
}

for (const [name, rule] of Object.entries(packages)) {
  test(`packages/${name} imports only what the package graph allows`, () => {
    const offences: string[] = [];
    for (const file of sources(name)) {
      for (const specifier of importsOf(file)) {
        const own = /^@tracekin\/([a-z-]+)/.exec(specifier)?.[1];
        if (own !== undefined && own !== name && !rule.imports.includes(own)) offences.push(`${file} -> ${specifier}`);
        if (!rule.node && specifier.startsWith('node:')) offences.push(`${file} -> ${specifier}`);
      }
    }
    assert.deepEqual(offences, []);
  });

  test(`packages/${name} declares the dependencies that the package graph allows`, () => {
    const manifest = JSON.parse(readFileSync(`packages/${name}/package.json`, 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    const declared = Object.keys(manifest.dependencies ?? {});
    const foreign = declared.filter(dependency => !dependency.startsWith('@tracekin/'));
    const own = declared
      .filter(dependency => dependency.startsWith('@tracekin/'))
      .map(dependency => dependency.slice(10));
    assert.deepEqual(
      own.filter(dependency => !rule.imports.includes(dependency)),
      [],
    );
    if (!rule.libraries) assert.deepEqual(foreign, []);
  });
}

test('only the composition file names the storage backends', () => {
  const offences = sources('server').filter(
    file =>
      file.replaceAll('\\', '/') !== composition &&
      importsOf(file).some(specifier => /^@tracekin\/storage-/.test(specifier)),
  );
  assert.deepEqual(offences, []);
});

test('every dependency of every package is pinned and explained in docs/decisions/dependencies.md', () => {
  const explained = readFileSync('docs/decisions/dependencies.md', 'utf8');
  const missing: string[] = [];
  for (const manifest of [
    'package.json',
    ...globSync('packages/*/package.json'),
    ...globSync('demos/*/package.json'),
  ]) {
    const parsed = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, Record<string, string> | undefined>;
    for (const group of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [dependency, version] of Object.entries(parsed[group] ?? {})) {
        if (dependency.startsWith('@tracekin/')) continue;
        if (!/^\d/.test(version)) missing.push(`${manifest}: ${dependency} is not pinned (${version})`);
        if (!explained.includes(`\`${dependency}\``)) missing.push(`${manifest}: ${dependency} is not explained`);
      }
    }
  }
  assert.deepEqual(missing, []);
});
