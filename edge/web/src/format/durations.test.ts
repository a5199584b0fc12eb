import { describe, expect, it } from 'vitest';

import { MISSING } from './absent';
import { age, milliseconds, remaining, signedMilliseconds } from './durations';

describe('durations', () => {
  it.each([
    [400, '0.4 s'],
    [-30, '0.0 s'],
    [12_600, '12 s'],
    [200_000, '3 min'],
    [3 * 3_600_000, '3 h'],
    [100 * 3_600_000, '4 d'],
  ])('say the age of %d ms as %s', (elapsed, text) => {
    expect(age(elapsed)).toBe(text);
  });

  it.each([
    [-1, 'expired'],
    [30_000, '< 1 min'],
    [45 * 60_000, '45 min'],
    [(4 * 60 + 12) * 60_000, '4 h 12 min'],
    [49 * 3_600_000, '2 d 1 h'],
    [400 * 24 * 3_600_000, '400 d'],
  ])('say that %d ms are left as %s', (left, text) => {
    expect(remaining(left)).toBe(text);
  });
});

describe('a short duration', () => {
  it.each([
    [0.84, '0.8 ms'],
    [12.4, '12 ms'],
    [1_240, '1,240 ms'],
    [-3.2, '−3.2 ms'],
    [undefined, MISSING],
    [NaN, MISSING],
  ])('of %s is written %s', (duration, text) => {
    expect(milliseconds(duration)).toBe(text);
  });

  it('has a sign where it is a difference', () => {
    expect([4.2, -4.2, 0].map(signedMilliseconds)).toEqual(['+4.2 ms', '−4.2 ms', '0.0 ms']);
  });
});
