import { defineConfig } from 'vitest/config';

import { minifyStyleTemplates } from './build/minify-styles.ts';
import { plainImports } from './build/plain-imports.ts';
import { precompress } from './build/precompress.ts';

/** Where `npm run dev` finds a running edge. */
const EDGE = process.env.DELTASTREAM_EDGE_URL ?? 'http://localhost:8000';

export default defineConfig({
  // Relative, so that a page of another site can import elements.js and its chunks follow it.
  base: './',
  plugins: [minifyStyleTemplates(), plainImports(), precompress()],
  build: {
    outDir: '../deltastream/edge/static',
    emptyOutDir: true,
    target: 'es2023',
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', elements: 'src/elements.ts' },
      // Pages embed elements.js by name, so its exports and its name are an interface.
      preserveEntrySignatures: 'exports-only',
      output: {
        entryFileNames: (chunk) =>
          chunk.name === 'elements' ? '[name].js' : 'assets/[name]-[hash].js',
        codeSplitting: {
          groups: [
            { name: 'socket.io', test: /node_modules\/(@socket\.io|socket\.io|engine\.io)/ },
            { name: 'lit', test: /node_modules\/(@lit|lit|@preact)/ },
            { name: 'market', test: /src\/(market|format|rest|live)/ },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': EDGE,
      '/socket.io': { target: EDGE, ws: true },
    },
  },
  test: {
    include: ['src/**/*.test.ts', 'build/**/*.test.ts'],
    restoreMocks: true,
    // Only what fails takes as long, and a busy machine may be this slow.
    testTimeout: 20_000,
  },
});
