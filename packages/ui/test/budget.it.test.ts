import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { builtUi } from './built-ui.ts';

// What a browser has to load, gzipped at level 9, in KB of 1000 bytes (ui.md 5.6). Lens: 729, Jaeger UI 2.20: 867.

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}

const FIRST_SCREEN = [
  'index.html',
  'src/app/mount.tsx',
  'src/screens/search/index.tsx',
  'src/i18n/en/app.ts',
  'src/i18n/en/search.ts',
];
const TRACE_PAGE = [...FIRST_SCREEN, 'src/screens/trace/index.tsx', 'src/i18n/en/trace.ts'];

describe('the size of the UI', () => {
  let dist: string;
  let manifest: Readonly<Record<string, Chunk>>;
  before(() => {
    dist = builtUi();
    manifest = JSON.parse(readFileSync(`${dist}/manifest.json`, 'utf8'));
  });

  /** Files that the entries need, with all they import statically. */
  function files(entries: readonly string[], kind: 'js' | 'css'): Set<string> {
    const found = new Set<string>();
    const seen = new Set<string>();
    const open = [...entries];
    for (let name = open.pop(); name !== undefined; name = open.pop()) {
      if (seen.has(name)) continue;
      seen.add(name);
      const chunk = manifest[name];
      assert.ok(chunk, `the manifest has no ${name}`);
      if (kind === 'js') found.add(chunk.file);
      else for (const file of chunk.css ?? []) found.add(file);
      open.push(...(chunk.imports ?? []));
    }
    return found;
  }

  function kilobytes(names: Iterable<string>): number {
    let bytes = 0;
    for (const name of names) bytes += gzipSync(readFileSync(`${dist}/${name}`), { level: 9 }).length;
    return bytes / 1000;
  }

  it('is at most 200 KB of JavaScript for the first screen', context => {
    const size = kilobytes([...files(FIRST_SCREEN, 'js'), 'boot.js']);
    context.diagnostic(`first screen: ${size.toFixed(1)} KB`);
    assert.ok(size <= 200, `${size.toFixed(1)} KB`);
  });

  it('is at most 260 KB of JavaScript for the trace page after the first screen, its worker included', context => {
    // The manifest does not list workers.
    const workers = globSync('assets/trace-worker*.js', { cwd: dist });
    assert.equal(workers.length, 1);
    const size = kilobytes(new Set([...files(TRACE_PAGE, 'js'), ...workers]));
    context.diagnostic(`trace page: ${size.toFixed(1)} KB`);
    assert.ok(size <= 260, `${size.toFixed(1)} KB`);
  });

  it('is at most 40 KB for any chunk that is loaded later', () => {
    const first = files(FIRST_SCREEN, 'js');
    for (const { file } of Object.values(manifest)) {
      if (!file.endsWith('.js') || first.has(file)) continue;
      const size = kilobytes([file]);
      assert.ok(size <= 40, `${file}: ${size.toFixed(1)} KB`);
    }
  });

  it('is at most 20 KB of style sheets for the first screen', context => {
    const size = kilobytes(files(FIRST_SCREEN, 'css'));
    context.diagnostic(`style sheets: ${size.toFixed(1)} KB`);
    assert.ok(size <= 20, `${size.toFixed(1)} KB`);
  });

  it('has no inline script or style and no absolute address in its page', () => {
    const html = readFileSync(`${dist}/index.html`, 'utf8').replace(/<base[^>]*>/, '');
    assert.doesNotMatch(html, /<style|<script(?![^>]*\ssrc=)|\son\w+=|\sstyle=/);
    assert.doesNotMatch(html, /(src|href)="(\/|https?:)/);
  });
});
