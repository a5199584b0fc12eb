import { describe, expect, it } from 'vitest';

import { strikeSpan } from './strike-axis';

describe('strikeSpan', () => {
  it('leaves half of the least step at either end, so that outer bars are whole', () => {
    expect(strikeSpan([100, 150, 250])).toEqual({ from: 75, to: 275 });
  });

  it('reaches the prices that are to be seen as well, and not those that are not known', () => {
    expect(strikeSpan([100, 110], [90, null, undefined])).toEqual({ from: 85, to: 115 });
  });

  it('has room about a single strike, and is absent without one', () => {
    expect(strikeSpan([200])).toEqual({ from: 199, to: 201 });
    expect(strikeSpan([], [100])).toBeUndefined();
  });
});
