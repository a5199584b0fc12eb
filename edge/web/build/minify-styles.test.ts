import { describe, expect, it } from 'vitest';

import { minifyStyles } from './minify-styles';

describe('minifyStyles', () => {
  it('leaves out comments and white space between tokens', () => {
    expect(
      minifyStyles('\n  /* why */\n  a,\n  b {\n    margin: 0 auto;\n    top: 1px;\n  }\n'),
    ).toBe('a,b{margin:0 auto;top:1px}');
  });

  it('keeps the white space that means something', () => {
    const styles = '.row > .call:hover a::before { width: calc(100% - 2 * 4px) }';
    expect(minifyStyles(styles)).toBe('.row > .call:hover a::before{width:calc(100% - 2 * 4px)}');
    expect(minifyStyles('@media (width < 5px) and (hover) {}')).toBe(
      '@media (width < 5px) and (hover){}',
    );
  });
});
