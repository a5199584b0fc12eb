import type { Plugin } from 'vite';

const STYLE_TEMPLATE = /\bcss`([^`]*)`/g;

/** A style sheet without its comments and the white space that means nothing. */
export function minifyStyles(source: string): string {
  return source
    .replaceAll(/\/\*.*?\*\//gs, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1')
    .replaceAll(/: /g, ':')
    .replaceAll(';}', '}')
    .trim();
}

/** Minifies the styles that live in `css` templates, where the bundler sees only text. */
export function minifyStyleTemplates(): Plugin {
  return {
    name: 'deltastream:minify-style-templates',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /\/src\/.*\.ts$/ },
      handler: (code) =>
        code.replaceAll(STYLE_TEMPLATE, (_, styles: string) => `css\`${minifyStyles(styles)}\``),
    },
  };
}
