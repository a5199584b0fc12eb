import { describe, expect, it } from 'vitest';

import type { Straddle } from '../contract/types';
import { rangeOf } from '../state/history-range';
import { chain } from '../testing/chains';
import { dataOf, RUPEES, THEME, tooltipAt, WIDE } from '../testing/charts';
import { without } from '../testing/without';
import { straddleOption, straddlePoints, straddleSummary, straddleTable } from './straddle';
import { textOf } from './table';

const HOUR = rangeOf('1h');
const START = Date.parse('2025-08-05T08:00:00Z');

function told(seconds: number, figures: Partial<Straddle> = {}): Straddle {
  return {
    timestamp: new Date(START + seconds * 1_000).toISOString(),
    price_basis: 'PRICE_BASIS_MID',
    missing: [],
    atm_strike: 24_600,
    straddle_price: 140,
    spot_price: 24_610,
    ...figures,
  };
}

function now(seconds: number, straddle: number) {
  const timestamp = new Date(START + seconds * 1_000).toISOString();
  return chain({ timestamp, atm_strike: 24_600, atm_straddle_price: straddle, spot_price: 24_615 });
}

describe('straddlePoints', () => {
  it('puts the chain of now behind the history', () => {
    const points = straddlePoints([told(0), told(5)], now(10, 141), HOUR);
    expect(points.map(({ at, price }) => [at - START, price])).toEqual([
      [0, 140],
      [5_000, 140],
      [10_000, 141],
    ]);
  });

  it('takes no chain that the history has already', () => {
    expect(straddlePoints([told(0), told(10)], now(10, 141), HOUR)).toHaveLength(2);
  });

  it('goes no further back than its range', () => {
    expect(straddlePoints([told(0), told(3_000)], now(3_700, 141), HOUR)).toHaveLength(2);
  });
});

describe('straddleOption', () => {
  const drawn = (history: readonly Straddle[], chainOfNow = now(20, 141)) =>
    straddleOption(straddlePoints(history, chainOfNow, HOUR), HOUR, RUPEES)(THEME, WIDE);

  it('has the straddle and spot over time, each on its own scale', () => {
    const option = drawn([told(10)]);
    expect(dataOf(option, 'Straddle')).toEqual([
      [START + 10_000, 140],
      [START + 20_000, 141],
    ]);
    expect(dataOf(option, 'Spot').at(-1)).toEqual([START + 20_000, 24_615]);
    expect(option.yAxis).toHaveLength(2);
  });

  it('has a gap where a price is missing, and where the feed paused', () => {
    const priceless = without(told(5), 'straddle_price');
    const option = drawn([told(0), priceless, told(10)], now(1_000, 141));
    expect(dataOf(option, 'Straddle').map((point) => (point as unknown[])[1])).toEqual([
      140,
      null,
      140,
      null,
      141,
    ]);
  });

  it('breaks where the strike changes: no price went from the one straddle to the other', () => {
    const option = drawn([told(0), told(10, { atm_strike: 24_650, straddle_price: 150 })]);
    const prices = dataOf(option, 'Straddle').map((point) => (point as unknown[])[1]);
    expect(prices).toEqual([140, null, 150, null, 141]);
    const spots = dataOf(option, 'Spot').map((point) => (point as unknown[])[1]);
    expect(spots).not.toContain(null);
  });

  it('tells the pointer the time at the exchange, and nothing in a gap', () => {
    const option = drawn([told(0), told(10, { atm_strike: 24_650 })]);
    expect(tooltipAt(option, 0)).toBe(
      '5 Aug, 13:30:00 IST\nStraddle  140.00\nSpot  24,610.00\nStrike  24,600',
    );
    expect(tooltipAt(option, 1)).toBe('');
  });
});

describe('straddleSummary', () => {
  it('says where it went, and its extremes', () => {
    const history = [told(0), told(5, { straddle_price: 150 }), told(10, { straddle_price: 135 })];
    expect(straddleSummary(straddlePoints(history, now(20, 141), HOUR), RUPEES)).toBe(
      'The straddle went from 140.00 to 141.00, between 135.00 and 150.00.',
    );
  });

  it('says when no price is known', () => {
    expect(straddleSummary([], RUPEES)).toBe('No price of a straddle is known.');
  });
});

describe('straddleTable', () => {
  it('has the newest first, and dashes for what is missing', () => {
    const { columns, rows } = straddleTable(straddlePoints([told(0)], now(5, 141), HOUR), RUPEES);
    expect(rows[0]?.map((cell, at) => textOf(cell, columns[at]))).toEqual([
      '5 Aug, 13:30:05 IST',
      '141.00',
      '24,615.00',
      '24,600',
      '–',
      '–',
    ]);
  });
});
