import type { Plugin, Rolldown } from 'vite';

/**
 * Names in index.html what `main.ts` imports one after the other, so that all of it comes at once. Vite does this for what a
 * page imports statically only.
 * @param entries ends of the names of the modules
 */
export function preloadStart(entries: readonly string[]): Plugin {
  return {
    name: 'preload-start',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).filter(file => file.type === 'chunk');
        const wanted = new Map<string, 'modulepreload' | 'stylesheet'>();
        const add = (chunk: Rolldown.OutputChunk): void => {
          if (wanted.has(chunk.fileName)) return;
          wanted.set(chunk.fileName, 'modulepreload');
          for (const css of chunk.viteMetadata?.importedCss ?? []) wanted.set(css, 'stylesheet');
          for (const name of chunk.imports) chunks.filter(one => one.fileName === name).forEach(add);
        };
        for (const entry of entries) {
          const found = chunks.filter(({ facadeModuleId }) => facadeModuleId?.endsWith(entry));
          if (found.length === 0) throw new Error(`no chunk for ${entry}`);
          found.forEach(add);
        }
        return [...wanted]
          .filter(([file]) => !html.includes(file))
          .map(([file, rel]) => ({
            tag: 'link',
            attrs: { rel, href: `./${file}`, ...(rel === 'modulepreload' && { crossorigin: true }) },
            injectTo: 'head',
          }));
      },
    },
  };
}
