import { describe, expect, it } from 'vitest';

import { wrapped } from './picture';

const byLength = (line: string): number => line.length;

describe('wrapped', () => {
  it('breaks between words where a line would be too wide', () => {
    expect(wrapped('Simulated as of 13:59 IST', 12, byLength)).toEqual([
      'Simulated as',
      'of 13:59 IST',
    ]);
  });

  it('keeps a word whole that is wider than a line', () => {
    expect(wrapped('a extraordinarily b', 5, byLength)).toEqual(['a', 'extraordinarily', 'b']);
  });

  it('has no line for no text', () => {
    expect(wrapped('', 10, byLength)).toEqual([]);
  });
});
