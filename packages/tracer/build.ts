// Makes the package that is published, in dist/: `node packages/tracer/build.ts`. The private packages model and codec are
// bundled into it, so that it has no dependency; their types are copied beside its own.
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

interface PackageJson {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const dist = join(here, 'dist');
const source = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8')) as PackageJson;
/** `./src/a/b.ts` is published as `./a/b.js`. */
const published = (path: string, extension: string): string => path.replace('./src/', './').replace(/\.ts$/, extension);

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
await bundle();
declarations();
manifest();

async function bundle(): Promise<void> {
  const platform = Object.values(source.imports['#platform']!);
  await build({
    absWorkingDir: here,
    entryPoints: [...new Set([...Object.values(source.exports), ...platform])],
    outdir: 'dist',
    outbase: 'src',
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[hash]',
    format: 'esm',
    platform: 'neutral',
    target: ['node20', 'es2022'],
    external: ['node:*', '#platform', '@opentelemetry/api'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

function declarations(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json')], { stdio: 'inherit' });
  const made = join(dist, '.declarations');
  cpSync(join(made, 'tracer/src'), dist, { recursive: true });
  const model = join(dist, 'model');
  mkdirSync(model);
  for (const file of ['span', 'error']) cpSync(join(made, `model/src/${file}.d.ts`), join(model, `${file}.d.ts`));
  writeFileSync(join(model, 'index.d.ts'), "export * from './error.js';\nexport * from './span.js';\n");
  rmSync(made, { recursive: true });
  for (const file of globSync('**/*.d.ts', { cwd: dist })) {
    const path = join(dist, file);
    const up = relative(dirname(path), join(model, 'index.js'));
    const text = readFileSync(path, 'utf8')
      .replace(/(from |import\()'(\.[^']*)\.ts'/g, "$1'$2.js'")
      .replaceAll("'@tracekin/model'", `'${up.startsWith('.') ? up : `./${up}`}'`);
    if (/'@tracekin\//.test(text)) throw new Error(`${file} refers to a private package`);
    writeFileSync(path, text);
  }
}

function manifest(): void {
  const entry = (path: string): object => ({ types: published(path, '.d.ts'), default: published(path, '.js') });
  const conditions = Object.entries(source.imports['#platform']!).map(([name, path]) => [name, published(path, '.js')]);
  const { name, version, description, license } = source;
  const json = {
    name,
    version,
    description,
    license,
    keywords: ['zipkin', 'tracing', 'distributed tracing', 'b3', 'opentelemetry', 'observability'],
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: ['./register.js'],
    exports: Object.fromEntries(Object.entries(source.exports).map(([key, path]) => [key, entry(path)])),
    imports: { '#platform': Object.fromEntries(conditions) },
    peerDependencies: { '@opentelemetry/api': '>=1.9.0 <2' },
    peerDependenciesMeta: { '@opentelemetry/api': { optional: true } },
  };
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(json, null, 2)}\n`);
  cpSync(join(root, 'LICENSE'), join(dist, 'LICENSE'));
  cpSync(join(root, 'docs/tracer/README.md'), join(dist, 'README.md'));
}
