import { describe, expect, it } from 'vitest';

import { dataOf, RUPEES, seriesOf, THEME, WIDE } from '../testing/charts';
import {
  painHistoryOption,
  painHistoryTable,
  ratioHistoryOption,
  ratioHistoryTable,
} from './history';
import { textOf } from './table';

const MINUTE = 60_000;
const START = Date.parse('2025-08-05T08:30:00Z');

const RATIOS = {
  longestPause: 2 * MINUTE,
  points: [
    { at: START, pcr_oi: 0.9, pcr_volume: 1.1 },
    { at: START + MINUTE, pcr_oi: 0.91 },
    { at: START + 11 * MINUTE, pcr_oi: 0.92, pcr_volume: 1.2 },
  ],
};

describe('the history of ratios', () => {
  const option = ratioHistoryOption(RATIOS, RUPEES)(THEME, WIDE);

  it('has a hole where nothing came, and where a ratio is missing', () => {
    expect(dataOf(option, 'PCR by open interest')).toEqual([
      [START, 0.9],
      [START + MINUTE, 0.91],
      [START + 6 * MINUTE, null],
      [START + 11 * MINUTE, 0.92],
    ]);
    expect(dataOf(option, 'PCR by volume')[1]).toEqual([START + MINUTE, null]);
  });

  it('marks where there are as many puts as calls', () => {
    expect(JSON.stringify(seriesOf(option).at(-1))).toContain('"yAxis":1');
  });

  it('is labelled by the clock of the exchange', () => {
    const { axisLabel } = option.xAxis as {
      readonly axisLabel: { customValues: number[]; formatter: (instant: number) => string };
    };
    expect(axisLabel.customValues.slice(0, 2).map(axisLabel.formatter)).toEqual(['14:00', '14:01']);
  });

  it('has a table of what is known, in the time of the exchange', () => {
    const { columns, rows } = ratioHistoryTable(RATIOS, RUPEES);
    expect(rows[1]?.map((cell, at) => textOf(cell, columns[at]))).toEqual([
      '2025-08-05T14:01:00+05:30',
      '0.91',
      '–',
    ]);
    expect(rows).toHaveLength(3);
  });
});

describe('the history of max pain', () => {
  const pain = {
    longestPause: 2 * MINUTE,
    points: [
      { at: START, max_pain_strike: 24_600, spot_price: 24_623.45 },
      { at: START + MINUTE, spot_price: 24_630 },
    ],
  };

  it('has spot as a line, and the strike in steps', () => {
    const option = painHistoryOption(pain, RUPEES)(THEME, WIDE);
    expect(dataOf(option, 'Max pain')).toEqual([
      [START, 24_600],
      [START + MINUTE, null],
    ]);
    expect(seriesOf(option).map((series) => 'step' in series && series.step)).toEqual([
      false,
      'end',
    ]);
  });

  it('has a table', () => {
    const { columns, rows } = painHistoryTable(pain, RUPEES);
    expect(rows[0]?.map((cell, at) => textOf(cell, columns[at])).slice(1)).toEqual([
      '24,623.45',
      '24,600',
    ]);
  });
});
