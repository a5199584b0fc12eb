import { describe, expect, it } from 'vitest';

import { SPARKLINE, sparklinePoints } from './sparkline';

function points(...trail: readonly (readonly [number, number])[]): number[][] {
  const text = sparklinePoints(trail.map(([at, price]) => ({ at, price })));
  return text.split(' ').map((point) => point.split(',').map(Number));
}

describe('sparklinePoints', () => {
  it('spans the whole width by time, not by count', () => {
    const xs = points([0, 1], [1_000, 2], [4_000, 3]).map(([x]) => x);
    expect(xs).toEqual([0, SPARKLINE.width / 4, SPARKLINE.width]);
  });

  it('draws higher prices higher', () => {
    const [low, high] = points([0, 1], [1_000, 2]).map(([, y]) => y);
    expect(high).toBeLessThan(low ?? 0);
  });

  it('draws a flat line where nothing moved', () => {
    const ys = points([0, 5], [1_000, 5], [2_000, 5]).map(([, y]) => y);
    expect(new Set(ys).size).toBe(1);
    expect(ys.every(Number.isFinite)).toBe(true);
  });
});
