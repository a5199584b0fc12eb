import { describe, expect, it } from 'vitest';

import type { Mode } from '../state/place';
import { CHOSEN_AT_FIRST } from './column-choice';
import { columnsOf, columnsThatFit, STRIKE_WIDTH } from './column-fit';
import { COLUMNS, type ColumnId } from './columns';

function ids(mode: Mode, width: number, chosen = CHOSEN_AT_FIRST[mode]): ColumnId[] {
  return columnsThatFit(mode, width, chosen).map(({ id }) => id);
}

describe('columnsThatFit', () => {
  it('shows what is chosen at first on a wide page, from the outer edge to the strike', () => {
    expect(ids('price', 1440)).toEqual([
      'open_interest',
      'change_in_open_interest',
      'buildup',
      'volume',
      'bid',
      'ask',
      'last',
      'iv',
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

  it('takes what matters most of what is chosen, and nothing else', () => {
    expect(ids('price', 390, new Set(['volume', 'bid', 'ask']))).toEqual(['bid', 'ask']);
    expect(ids('greeks', 1440, new Set(['rho', 'charm']))).toEqual(['rho', 'charm']);
  });

  it('shows on a narrower page a part of what a wider one shows, and never more than fits', () => {
    let before = new Set<ColumnId>();
    for (let width = 390; width <= 1440; width += 10) {
      const columns = columnsThatFit('price', width, CHOSEN_AT_FIRST.price);
      const taken = columns.reduce((sum, column) => sum + column.width, 0);
      expect(taken * 2 + STRIKE_WIDTH.narrow).toBeLessThanOrEqual(width);
      const shown = new Set(columns.map(({ id }) => id));
      if (width !== 720) expect([...before].every((id) => shown.has(id))).toBe(true);
      before = shown;
    }
  });

  it('shows one column even where none has room', () => {
    expect(ids('price', 10)).toEqual(['last']);
  });
});

describe('columnsOf', () => {
  it('offers every column among the Greeks, and no Greek among the prices', () => {
    expect(columnsOf('greeks')).toEqual(COLUMNS);
    expect(columnsOf('price').at(-1)?.id).toBe('iv');
  });
});
