import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env['NOWBOARD_URL'] ?? 'http://127.0.0.1:8080';

/** The page is served by the Python package, so the build lands inside it. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react()],
  build: {
    outDir: fileURLToPath(new URL('../src/nowboard/web/static', import.meta.url)),
    emptyOutDir: true,
    assetsDir: 'assets',
    // Data URLs would need a wider `img-src` and `font-src`.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1_200,
    target: 'es2023',
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
    },
  },
});
