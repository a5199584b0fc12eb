import { describe, expect, it } from 'vitest';

import { appended, continued, withGaps } from './series';

const points = (...instants: readonly number[]): readonly { readonly at: number }[] =>
  instants.map((at) => ({ at }));

describe('continued', () => {
  it('puts what has arrived after what is stored', () => {
    const all = continued(points(10, 20), points(15, 20, 30), { interval: 10 });
    expect(all).toEqual(points(10, 20, 30));
  });

  it('keeps the last point of each interval, as the server does', () => {
    const all = continued(points(58), points(61, 65, 119, 121), { interval: 60 });
    expect(all).toEqual(points(58, 119, 121));
  });

  it('forgets what is older than the span, counted from the newest', () => {
    const all = continued(points(0, 50, 100), points(120), { interval: 1, length: 60 });
    expect(all).toEqual(points(100, 120));
  });
});

describe('withGaps', () => {
  it('has a hole between two points that are too far apart, and no other', () => {
    const [first, second] = [
      { at: 0, value: 1 },
      { at: 10, value: 2 },
    ];
    const third = { at: 100, value: 3 };
    expect(withGaps([first, second, third], 30)).toEqual([first, second, { at: 55 }, third]);
  });
});

describe('appended', () => {
  it('takes a newer point, and lets go of the oldest beyond the most', () => {
    expect(appended(points(1, 2), { at: 3 }, 2)).toEqual(points(2, 3));
  });

  it('changes nothing for a point that is not newer', () => {
    const before = points(1, 2);
    expect(appended(before, { at: 2 }, 5)).toBe(before);
  });
});
