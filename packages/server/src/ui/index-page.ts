import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

export interface IndexPage {
  readonly html: Buffer;
  readonly etag: string;
}

/**
 * index.html of the built UI with its `<base>` set to where a proxy shows it, so that relative links and assets work there.
 * Read again when the file has changed. Undefined while the UI has not been built.
 */
export class IndexPages {
  readonly #file: string;
  readonly #base: string;
  #modified = -1;
  #page: IndexPage | undefined;

  constructor(directory: string, basepath: string) {
    this.#file = join(directory, 'index.html');
    this.#base = basepath.endsWith('/') ? basepath : `${basepath}/`;
  }

  async read(): Promise<IndexPage | undefined> {
    const modified = await stat(this.#file).then(
      stats => stats.mtimeMs,
      () => undefined,
    );
    if (modified === undefined) return undefined;
    if (modified !== this.#modified || this.#page === undefined) {
      const html = Buffer.from(setBase(await readFile(this.#file, 'utf8'), this.#base));
      this.#page = { html, etag: `"${createHash('sha1').update(html).digest('base64url').slice(0, 12)}"` };
      this.#modified = modified;
    }
    return this.#page;
  }
}

/** `base` has been validated as a path: nothing in it needs escaping. */
function setBase(html: string, base: string): string {
  const tag = `<base href="${base}">`;
  return /<base\b[^>]*>/i.test(html)
    ? html.replace(/<base\b[^>]*>/i, tag)
    : html.replace(/<head\b[^>]*>/i, head => `${head}${tag}`);
}

/** Shown in place of the UI. */
export const NOT_BUILT_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tracekin</title>
<h1>The UI has not been built</h1>
<p>Run <code>npm run build:ui</code> in the work tree and load this page again; the server need not be restarted.
<p>The API works without it: <a href="/api/v2/services">/api/v2/services</a>, <a href="/openapi.json">/openapi.json</a>.
</html>
`;
