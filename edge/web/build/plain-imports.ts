import type { Plugin } from 'vite';

const PRELOAD_HELPER = '\0vite/preload-helper.js';

/**
 * Leaves `import()` as it is.
 *
 * Vite wraps it in a helper that preloads the style sheets and dependencies of a lazy chunk. Ours
 * have their styles inside and depend only on what is loaded already, so the helper would be
 * weight in the shell and nothing else.
 */
export function plainImports(): Plugin {
  return {
    name: 'deltastream:plain-imports',
    apply: 'build',
    enforce: 'pre',
    load: (id) =>
      id === PRELOAD_HELPER ? 'export const __vitePreload = (load) => load();' : undefined,
  };
}
