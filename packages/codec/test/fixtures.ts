import { globSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Format } from '../src/index.ts';
import { fromHex } from './wire.ts';

/** A message from `fixtures/`: the folder names its format. `.body` files are the body itself, `.hex` files spell it. */
export interface Fixture {
  readonly name: string;
  readonly format: Format;
  readonly bytes: Uint8Array;
}

export function loadFixtures(): Fixture[] {
  const root = new URL('../fixtures/', import.meta.url);
  return globSync('*/*', { cwd: root.pathname })
    .sort()
    .map(path => {
      const content = readFileSync(new URL(path, root));
      const bytes = path.endsWith('.hex') ? fromHex(content.toString('utf8')) : new Uint8Array(content);
      return { name: path, format: basename(dirname(path)) as Format, bytes };
    });
}

export function loadFixture(name: string): Fixture {
  const fixture = loadFixtures().find(candidate => candidate.name === name);
  if (fixture === undefined) throw new Error(`no fixture ${name}`);
  return fixture;
}
