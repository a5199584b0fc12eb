import { beforeEach, describe, expect, it } from 'vitest';

import { rowsInView, RowWindow } from './row-window';

const inView = { first: 10, last: 40 };

describe('RowWindow', () => {
  let now: number;
  let rows: RowWindow;
  beforeEach(() => {
    now = 5_000;
    rows = new RowWindow(() => now);
    rows.next('NIFTY', inView, false);
  });

  it('draws every row at first', () => {
    expect(new RowWindow(() => now).next('NIFTY', inView, false).last).toBe(Infinity);
  });

  it('draws the rows in view while only figures change', () => {
    now += 100;
    expect(rows.next('NIFTY', inView, false)).toBe(inView);
  });

  it('draws every row again after a second, and then not for another', () => {
    now += 1_000;
    expect(rows.next('NIFTY', inView, false).last).toBe(Infinity);
    now += 999;
    expect(rows.next('NIFTY', inView, false)).toBe(inView);
  });

  it('draws every row of another table at once', () => {
    expect(rows.next('BANKNIFTY', inView, false).last).toBe(Infinity);
  });

  it('draws every row when the figures have come to rest', () => {
    expect(rows.next('NIFTY', inView, true).last).toBe(Infinity);
  });
});

describe('rowsInView', () => {
  it('covers what is seen and a margin on both sides', () => {
    const { first, last } = rowsInView(2_800, 560, 28);
    expect(first).toBeLessThan(100);
    expect(last).toBeGreaterThan(120);
  });
});
