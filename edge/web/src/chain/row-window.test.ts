import { beforeEach, describe, expect, it } from 'vitest';

import { isWithin, rowsInView, RowWindow } from './row-window';

const ROWS = 121;
const inView = { first: 10, last: 40 };

function drawn(rows: RowWindow, table = 'NIFTY', atRest = false): number[] {
  const ranges = rows.next(table, ROWS, inView, atRest);
  return Array.from({ length: ROWS }, (_, index) => index).filter((index) =>
    isWithin(ranges, index),
  );
}

describe('RowWindow', () => {
  let now: number;
  let rows: RowWindow;
  beforeEach(() => {
    now = 5_000;
    rows = new RowWindow(() => now);
    drawn(rows);
  });

  it('draws every row at first', () => {
    expect(drawn(new RowWindow(() => now))).toHaveLength(ROWS);
  });

  it('draws the rows in view with every chain, and only some of the others', () => {
    now += 100;
    const touched = drawn(rows);
    expect(touched).toEqual(expect.arrayContaining([10, 25, 40]));
    expect(touched.length).toBeLessThan(31 + 4);
  });

  it('draws each row within five seconds, however often chains come', () => {
    for (const pause of [16, 100, 330]) {
      const touched = new Set<number>();
      for (let elapsed = 0; elapsed < 5_000; elapsed += pause) {
        now += pause;
        for (const row of drawn(rows)) touched.add(row);
      }
      expect(touched.size).toBe(ROWS);
    }
  });

  it('draws every row after a second of silence', () => {
    now += 1_000;
    expect(drawn(rows)).toHaveLength(ROWS);
  });

  it('draws every row of another table at once', () => {
    now += 100;
    expect(drawn(rows, 'BANKNIFTY')).toHaveLength(ROWS);
  });

  it('draws every row when the figures have come to rest', () => {
    now += 100;
    expect(drawn(rows, 'NIFTY', true)).toHaveLength(ROWS);
  });

  it('goes on taking turns after a table without rows', () => {
    now += 100;
    rows.next('NIFTY', 0, inView, false);
    const touched = new Set<number>();
    for (let elapsed = 0; elapsed < 5_000; elapsed += 100) {
      now += 100;
      for (const row of drawn(rows)) touched.add(row);
    }
    expect(touched.size).toBe(ROWS);
  });
});

describe('rowsInView', () => {
  it('covers what is seen and a margin on both sides', () => {
    const { first, last } = rowsInView(2_800, 560, 28);
    expect(first).toBeLessThan(100);
    expect(last).toBeGreaterThan(120);
  });
});
