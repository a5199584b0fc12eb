import { describe, expect, it } from 'vitest';

import { fittedSurface, slice } from '../testing/surfaces';
import { without } from '../testing/without';
import { fittedRow, moneynessGrid, quotedRange } from './moneyness';

describe('moneynessGrid', () => {
  it('spans the quotes of all expiries, with round ends', () => {
    const grid = moneynessGrid([slice(), slice({ strikes: [23_500, 25_000] })]);
    expect(grid[0]).toBe(-0.05);
    expect(grid.at(-1)).toBe(0.025);
    expect(grid).toHaveLength(81);
  });

  it('stays the same while the forward moves a little', () => {
    expect(moneynessGrid([slice({ forward: 24_603 })])).toEqual(moneynessGrid([slice()]));
  });

  it('is empty where nothing is quoted', () => {
    expect(moneynessGrid([slice({ strikes: [] })])).toEqual([]);
  });
});

describe('quotedRange', () => {
  it('is unknown without a forward', () => {
    expect(quotedRange(without(slice(), 'forward'))).toBeUndefined();
  });
});

describe('fittedRow', () => {
  it('has no volatility outside the quotes, where a fit is a guess', () => {
    expect(fittedRow(fittedSurface(), '2025-08-07')).toEqual([null, 0.15, 0.13, 0.14, null]);
  });

  it('is empty for an expiry that is not fitted', () => {
    expect(fittedRow(fittedSurface(), '2026-01-01')).toEqual([null, null, null, null, null]);
  });
});
