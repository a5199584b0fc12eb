import { describe, expect, it } from 'vitest';

import { roundStep, roundTicks, timeTicks } from './ticks';

describe('roundStep', () => {
  it.each([
    [0.9, 1],
    [1.2, 2],
    [3, 5],
    [7, 10],
    [0.0013, 0.002],
  ])('is at least %d as %d', (atLeast, step) => {
    expect(roundStep(atLeast)).toBeCloseTo(step, 12);
  });
});

describe('roundTicks', () => {
  it('are round, within the ends, and no more than asked for and one', () => {
    expect(roundTicks(-0.023, 0.024, 5)).toEqual([-0.02, -0.01, 0, 0.01, 0.02]);
  });

  it('are the one value where there is no range', () => {
    expect(roundTicks(3, 3, 5)).toEqual([3]);
  });
});

describe('timeTicks', () => {
  const at = (time: string): number => Date.parse(time);

  it('are round on the clock of the exchange, half an hour off from UTC', () => {
    const ticks = timeTicks(
      at('2025-08-05T03:50:00Z'),
      at('2025-08-05T07:00:00Z'),
      'Asia/Kolkata',
      4,
    );
    expect(ticks.map((tick) => new Date(tick).toISOString())).toEqual([
      '2025-08-05T04:30:00.000Z',
      '2025-08-05T05:30:00.000Z',
      '2025-08-05T06:30:00.000Z',
    ]);
  });

  it('stay at midnight of the exchange when its clock is changed', () => {
    const ticks = timeTicks(
      at('2025-10-31T12:00:00Z'),
      at('2025-11-04T12:00:00Z'),
      'America/New_York',
      5,
    );
    expect(ticks.map((tick) => new Date(tick).toISOString())).toEqual([
      '2025-11-01T04:00:00.000Z',
      '2025-11-02T04:00:00.000Z',
      '2025-11-03T05:00:00.000Z',
      '2025-11-04T05:00:00.000Z',
    ]);
  });
});
