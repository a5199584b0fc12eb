import { describe, expect, it } from 'vitest';

import type { Arrival } from './arrivals';
import { bySecond, journeyOf, journeysOf, percentile, percentilesOf } from './latency';

/** A chain published at 0 by the server's clock, which the local one is 1,000 ms ahead of. */
const ARRIVAL: Arrival = { publishedAt: 0, processedAt: 20, receivedAt: 1_027, drawnAt: 1_040 };

describe('the way of a chain', () => {
  it('is split where a clock was read, and its stretches add up', () => {
    expect(journeyOf(ARRIVAL, 1_000)).toEqual({
      enrichment: 20,
      delivery: 7,
      page: 13,
      whole: 40,
      drawnAt: 1_040,
    });
  });

  it('is not counted where a stamp is missing', () => {
    expect(journeysOf([ARRIVAL, { ...ARRIVAL, processedAt: NaN }], 1_000)).toHaveLength(1);
  });
});

describe('percentiles', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => at + 1);

  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])('of 1 to 100 at %d are %d', (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it('of one value are that value, and of none there are none', () => {
    expect(percentilesOf([journeyOf(ARRIVAL, 1_000)], 'whole')).toEqual({
      p50: 40,
      p95: 40,
      p99: 40,
    });
    expect(percentilesOf([], 'whole')).toBeUndefined();
    expect(percentile([], 0.5)).toBeNaN();
  });

  it('are of numbers and not of their digits', () => {
    const journeys = [9, 10, 100].map((page) => ({ ...journeyOf(ARRIVAL, 0), page }));
    expect(percentilesOf(journeys, 'page')?.p50).toBe(10);
  });
});

describe('the last seconds', () => {
  it('are told one by one, and one in which nothing was drawn is empty, not fast', () => {
    const drawn = [1_040, 1_060, 3_990].map((drawnAt) =>
      journeyOf({ ...ARRIVAL, drawnAt, receivedAt: drawnAt - 10 }, 1_000),
    );
    expect(bySecond(drawn, 4_000, 3)).toEqual([
      { ago: 2, count: 2, mesh: 30, page: 10, slowest: 60 },
      { ago: 1, count: 0, mesh: undefined, page: undefined, slowest: undefined },
      { ago: 0, count: 1, mesh: 2_980, page: 10, slowest: 2_990 },
    ]);
  });
});
