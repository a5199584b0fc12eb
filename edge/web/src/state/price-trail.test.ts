import { describe, expect, it } from 'vitest';

import {
  extendTrail,
  LONGEST_TRAIL,
  moveOver,
  prependHistory,
  type PriceTrail,
} from './price-trail';

const at = (second: number): number => Date.UTC(2025, 7, 5, 8, 29, second);

describe('extendTrail', () => {
  it('begins with the first price', () => {
    expect(extendTrail(undefined, { at: at(1), price: 10 })).toEqual([{ at: at(1), price: 10 }]);
  });

  it('keeps the latest price of each second', () => {
    const trail = [{ at: at(1), price: 10 }];
    const within = extendTrail(trail, { at: at(1) + 400, price: 11 });
    expect(within).toEqual([{ at: at(1) + 400, price: 11 }]);
    expect(extendTrail(within, { at: at(2), price: 12 })).toHaveLength(2);
  });

  it('begins again when time steps back, as a replay does that begins again', () => {
    const trail = [{ at: at(9), price: 10 }];
    expect(extendTrail(trail, { at: at(1), price: 8 })).toEqual([{ at: at(1), price: 8 }]);
  });

  it('forgets the oldest when it is full', () => {
    let trail: PriceTrail | undefined;
    for (let second = 0; second <= LONGEST_TRAIL; second += 1) {
      trail = extendTrail(trail, { at: second * 1000, price: second });
    }
    expect(trail).toHaveLength(LONGEST_TRAIL);
    expect(trail?.[0]?.price).toBe(1);
  });
});

describe('prependHistory', () => {
  const stored = [
    { price: 12, timestamp: '2025-08-05T08:29:03Z' },
    { price: 11, timestamp: '2025-08-05T08:29:02Z' },
    { price: 10, timestamp: '2025-08-05T08:29:01Z' },
  ];

  it('turns a listing, newest first, into a trail', () => {
    expect(prependHistory(undefined, stored)?.map(({ price }) => price)).toEqual([10, 11, 12]);
  });

  it('does not repeat or overrule what arrived live meanwhile', () => {
    const live = [{ at: at(2), price: 99 }];
    expect(prependHistory(live, stored)?.map(({ price }) => price)).toEqual([10, 99]);
  });

  it('is nothing where nothing is stored and nothing arrived', () => {
    expect(prependHistory(undefined, [])).toBeUndefined();
  });
});

describe('moveOver', () => {
  it('compares the latest price with the oldest', () => {
    const trail = [
      { at: at(1), price: 200 },
      { at: at(2), price: 250 },
      { at: at(3), price: 190 },
    ];
    expect(moveOver(trail)).toEqual({ change: -10, fraction: -0.05, since: at(1) });
  });

  it('is absent with a single price', () => {
    expect(moveOver([{ at: at(1), price: 200 }])).toBeUndefined();
  });
});
