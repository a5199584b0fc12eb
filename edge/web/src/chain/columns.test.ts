import { describe, expect, it } from 'vitest';

import { MISSING, productFormat } from '../format';
import { leg, NIFTY } from '../testing/chains';
import { COLUMNS, columnsThatFit, STRIKE_WIDTH } from './columns';

function ids(mode: 'price' | 'greeks', width: number): string[] {
  return columnsThatFit(mode, width).map(({ id }) => id);
}

describe('columnsThatFit', () => {
  it('shows every column of a mode on a wide page, from the outer edge to the strike', () => {
    expect(ids('price', 1440)).toEqual([
      'open_interest',
      'change_in_open_interest',
      'volume',
      'bid',
      'ask',
      'last',
    ]);
    expect(ids('greeks', 1440)).toEqual([
      'open_interest',
      'last',
      'iv',
      'delta',
      'gamma',
      'theta',
      'vega',
    ]);
  });

  it('keeps what matters most on a phone', () => {
    expect(ids('price', 390)).toEqual(['open_interest', 'last']);
    expect(ids('greeks', 390)).toEqual(['last', 'iv', 'delta']);
  });

  it('shows on a narrower page a part of what a wider one shows, and never more than fits', () => {
    for (let width = 390; width <= 1440; width += 10) {
      const columns = columnsThatFit('price', width);
      const taken = columns.reduce((sum, column) => sum + column.width, 0);
      expect(taken * 2 + STRIKE_WIDTH.narrow).toBeLessThanOrEqual(width);
    }
  });

  it('shows one column even where none has room', () => {
    expect(ids('price', 10)).toEqual(['last']);
  });
});

describe('a column', () => {
  it.each(COLUMNS.map((column) => [column.id, column] as const))(
    'writes a dash where %s is absent',
    (_id, column) => {
      expect(column.write(leg(24_600), productFormat(NIFTY))).toBe(MISSING);
    },
  );

  it('of change colours by sign', () => {
    const column = COLUMNS.find(({ id }) => id === 'change_in_open_interest');
    expect(column?.sign?.(leg(24_600, { change_in_open_interest: -5 }))).toBe('down');
    expect(column?.sign?.(leg(24_600))).toBeUndefined();
  });
});
