import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A developer's server: `npm run dev` beside `authly serve`, whose address AUTHLY_CONSOLE_SERVER may change.
const server = process.env['AUTHLY_CONSOLE_SERVER'] ?? 'http://localhost:8080';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    outDir: 'node_modules/.built', // scripts/compress.mjs makes dist of it
    // Nothing is inlined: the policy of the pages takes scripts and styles of this server alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    target: 'es2022',
  },
  server: {
    proxy: {
      '/graphql': server,
      '/console/session': server,
    },
  },
});
