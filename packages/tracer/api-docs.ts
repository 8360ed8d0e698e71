// Writes docs/tracer/api.md from the docstrings in dist/ (build first): `node packages/tracer/api-docs.ts`. A test compares them.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, 'dist');
/** Where the reference is kept. */
export const API_PAGE: string = join(here, '../../docs/tracer/api.md');

interface Declaration {
  readonly name: string;
  readonly doc: string;
  /** As in the declaration file, members with their docs. */
  readonly code: string;
}

/** The page for what is in dist/. */
export function apiPage(): string {
  const { exports } = JSON.parse(readFileSync(join(dist, 'package.json'), 'utf8')) as {
    exports: Record<string, { types: string }>;
  };
  const parts = [
    '# API reference of @tracekin/tracer',
    'Made from the docstrings by `node packages/tracer/api-docs.ts`; do not edit. What an entry point exports of another one is listed there only.',
  ];
  const listed = new Set<string>();
  for (const [entry, { types }] of Object.entries(exports)) {
    const file = join(dist, types);
    parts.push(`## ${join('@tracekin/tracer', entry)}`);
    const intro = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(file, 'utf8'))?.[1];
    const own = exported(file).filter(({ code, name }) => !listed.has(`${name}\n${code}`));
    if (intro !== undefined && !own.some(({ doc }) => doc === text(intro))) parts.push(text(intro));
    if (own.length === 0) parts.push('No exports of its own: what counts is that it is imported.');
    for (const { name, doc, code } of own.sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
      listed.add(`${name}\n${code}`);
      parts.push(`### ${name}`, doc, `\`\`\`ts\n${code}\n\`\`\``);
    }
  }
  return `${parts.filter(part => part !== '').join('\n\n')}\n`;
}

/** What a declaration file exports, by itself or from others. */
function exported(file: string): Declaration[] {
  const source = readFileSync(file, 'utf8');
  const found = declarations(source);
  for (const [, names, from] of source.matchAll(/^export (?:type )?\{([^}]*)\} from '(\.[^']+)';/gm)) {
    const others = exported(target(file, from!));
    for (const item of names!.split(',')) {
      const [original, renamed] = item
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      const other = others.find(({ name }) => name === original);
      if (other !== undefined) found.push(renamed === undefined ? other : { ...other, name: renamed });
    }
  }
  for (const [, from] of source.matchAll(/^export \* from '(\.[^']+)';/gm))
    found.push(...exported(target(file, from!)));
  return found;
}

function target(file: string, from: string): string {
  const path = resolve(dirname(file), from.replace(/\.js$/, '.d.ts'));
  return existsSync(path) ? path : file;
}

/** Top-level declarations: each starts at the margin, and its other lines are indented or close a bracket. */
function declarations(source: string): Declaration[] {
  const pattern =
    /(?:^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^export (?:declare )?(?:abstract )?(function|class|interface|type|const) (\w+)[^\n]*(?:\n[ })|\]][^\n]*)*$/gm;
  return [...source.matchAll(pattern)].map(match => {
    const doc = match[1] === undefined ? '' : text(match[1]);
    const code = match[0]
      .replace(/^\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n/, '')
      .replace(/^export (?:declare )?/, '')
      .replace(/\n {4}#private;/, '');
    return { name: match[3]!, doc, code };
  });
}

function text(comment: string): string {
  return comment
    .split('\n')
    .map(line => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(API_PAGE, apiPage());
