import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { precompress } from './scripts/precompress.ts';
import { preloadStart } from './scripts/preload-start.ts';

/** Where `vite dev` finds a server: `TRACEKIN_API=http://127.0.0.1:9411 npx vite packages/ui`. */
const api = process.env['TRACEKIN_API'] ?? 'http://127.0.0.1:9411';

/**
 * Few chunks: each is a request and a task, and one for every set of screens that share a line would be forty for a trace.
 * First what `main.ts` begins with, without any library; React alone, because evaluating it takes long enough; then what
 * every screen needs; then what the views of traces share.
 */
const CHUNKS = [
  {
    name: 'start',
    test: /preload-helper|ui\/src\/(?:settings\/(?:apply-|settings)|i18n\/(?:load|cat|loc)|api\/(?:base|config|req|trace)|worker\/(?!trace-worker)|app\/next-task)/,
  },
  { name: 'react', test: /node_modules\/(?:react|react-dom|scheduler)\// },
  { name: 'router', test: /node_modules\/(?:@tanstack\/(?!react-virtual|virtual)|use-sync-external-store)/ },
  {
    name: 'common',
    test: /ui\/src\/(?:(?:api|app|format|i18n|settings|widgets)\/[a-z-]+\.tsx?$|theme\/.*\.ts$|kernel\/(?:duration-text|service-colors)|screens\/trace\/result-list)/,
    minShareCount: 2,
  },
  {
    name: 'timeline',
    test: /ui\/src\/(?:kernel|render|screens\/trace\/(?:trace-state|use-find|span-summary))/,
    minShareCount: 2,
  },
];

// Built asset URLs are relative, so that `<base href>` alone decides where the UI lives behind a proxy.
export default defineConfig(
  ({ command }): UserConfig => ({
    root: import.meta.dirname,
    base: command === 'build' ? './' : '/zipkin/',
    plugins: [react(), preloadStart(['src/app/mount.tsx']), precompress()],
    worker: { format: 'es' },
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      // Says which chunk needs which; the budget test adds them up.
      manifest: 'manifest.json',
      // light-dark(), nesting and container queries stay as written.
      target: ['chrome123', 'firefox121', 'safari17.5'],
      // The content security policy of the server allows no data: URL for anything but images.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 600,
      rolldownOptions: { output: { codeSplitting: { groups: CHUNKS } } },
    },
    server: {
      host: '127.0.0.1',
      proxy: { '/zipkin/api': api, '/zipkin/config.json': api, '/api': api },
    },
  }),
);
