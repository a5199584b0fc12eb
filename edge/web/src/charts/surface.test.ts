import { describe, expect, it } from 'vitest';

import { dataOf, RUPEES, THEME, tooltipAt, WIDE } from '../testing/charts';
import { fittedSurface } from '../testing/surfaces';
import { heatCells, heatMapOption, slicesOption, surfaceTable, volatilityRange } from './surface';
import { textOf } from './table';

const FITTED = fittedSurface();

describe('the heat map', () => {
  const option = heatMapOption(FITTED, RUPEES)(THEME, WIDE);

  it('has a cell where there are quotes, and none elsewhere', () => {
    expect(heatCells(FITTED)).toEqual([
      [1, 0, 0.15],
      [2, 0, 0.13],
      [3, 0, 0.14],
      [1, 1, 0.15],
      [2, 1, 0.14],
      [3, 1, 0.145],
    ]);
  });

  it('has colours from the least volatility that is shown to the greatest', () => {
    expect(volatilityRange(FITTED)).toEqual([0.13, 0.15]);
    expect(option.visualMap).toMatchObject({ min: 0.13, max: 0.15 });
  });

  it('says expiry, distance and volatility of the cell below the pointer', () => {
    expect(tooltipAt(option, 5)).toBe('Thu, 14 Aug 2025\n+2.02% from the forward\n14.5 %');
  });
});

describe('the slices', () => {
  it('are a line an expiry, with gaps outside the quotes', () => {
    const option = slicesOption(FITTED, RUPEES)(THEME, WIDE);
    expect(dataOf(option, '7 Aug')).toEqual([
      [-0.04, null],
      [-0.02, 0.15],
      [0, 0.13],
      [0.02, 0.14],
      [0.04, null],
    ]);
    expect(dataOf(option, '14 Aug')).toHaveLength(5);
  });
});

describe('the table', () => {
  it('is the grid: a row a moneyness, a column an expiry', () => {
    const { columns, rows } = surfaceTable(FITTED, RUPEES);
    expect(columns.map(({ heading }) => heading)).toEqual([
      'Strike, from the forward',
      'IV %, 7 Aug',
      'IV %, 14 Aug',
    ]);
    expect(rows[1]?.map((cell, at) => textOf(cell, columns[at]))).toEqual([
      '−1.98%',
      '15.0',
      '15.0',
    ]);
    expect(rows[0]?.map((cell, at) => textOf(cell, columns[at]))).toEqual(['−3.92%', '–', '–']);
  });
});
