import react from '@vitejs/plugin-react';
import { defineConfig, type UserConfig } from 'vite';
import { precompress } from './scripts/precompress.ts';

/** Where `vite dev` finds a server: `TRACEKIN_API=http://127.0.0.1:9411 npx vite packages/ui`. */
const api = process.env['TRACEKIN_API'] ?? 'http://127.0.0.1:9411';

// Built asset URLs are relative, so that `<base href>` alone decides where the UI lives behind a proxy.
export default defineConfig(
  ({ command }): UserConfig => ({
    root: import.meta.dirname,
    base: command === 'build' ? './' : '/zipkin/',
    plugins: [react(), precompress()],
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
    },
    server: {
      host: '127.0.0.1',
      proxy: { '/zipkin/api': api, '/zipkin/config.json': api, '/api': api },
    },
  }),
);
