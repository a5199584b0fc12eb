import { describe, expect, it } from 'vitest';

import { volatilityExtent } from './volatility-axis';

describe('volatilityExtent', () => {
  it('has round ends about all volatilities', () => {
    const { min, max } = volatilityExtent([0.122, null, 0.201]);
    expect([min, max]).toEqual([expect.closeTo(0.12, 9), expect.closeTo(0.22, 9)]);
  });

  it('is two points wide at least, so that what is flat looks flat', () => {
    const { min, max } = volatilityExtent([0.13, 0.1301]);
    expect(max - min).toBeGreaterThanOrEqual(0.02);
  });

  it('never goes below zero', () => {
    expect(volatilityExtent([0.001]).min).toBe(0);
  });
});
