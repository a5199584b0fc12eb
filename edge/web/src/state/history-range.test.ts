import { describe, expect, it } from 'vitest';

import { HISTORY_RANGES, historyQuery, longestPause, rangeOf } from './history-range';

describe('a range of history', () => {
  it.each(HISTORY_RANGES)('$name fits into one answer', ({ length = 0, interval }) => {
    expect(length / interval).toBeLessThan(1_000);
  });

  it('is found by its mode; the first is for any other', () => {
    expect(rangeOf('1d').name).toBe('1 d');
    expect(rangeOf('')).toBe(HISTORY_RANGES[0]);
  });

  it('asks for the newest points, thinned', () => {
    expect(historyQuery(rangeOf('1d'))).toEqual({ history: true, limit: 1_000, interval: '120s' });
  });

  it('bears a pause of two points, and of some minutes, before there is a gap', () => {
    expect(longestPause(rangeOf('1h'))).toBe(8 * 60_000);
    expect(longestPause(rangeOf('1w'))).toBe(37.5 * 60_000);
  });
});
