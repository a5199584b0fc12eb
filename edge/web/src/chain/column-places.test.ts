import { describe, expect, it } from 'vitest';

import { cellWidths, columnSheet, tooLong } from './column-places';
import { COLUMNS, type Column } from './columns';

const NARROW = 390;
const WIDE = 1_440;

function columns(...ids: Column['id'][]): readonly Column[] {
  return COLUMNS.filter(({ id }) => ids.includes(id));
}

describe('cellWidths', () => {
  it('fills a row: a side each for calls and puts, and the strike between them', () => {
    const widths = cellWidths(COLUMNS, WIDE);
    const calls = widths.slice(0, COLUMNS.length);
    expect(calls.reduce((total, { side }) => total + side, 0)).toBeCloseTo(1);
    expect(widths[COLUMNS.length]).toEqual({ side: 0, strike: 1 });
    expect(widths.slice(COLUMNS.length + 1)).toEqual(calls.toReversed());
  });

  it('shares a side by the widths that the columns need', () => {
    const shown = columns('open_interest', 'last');
    const [interest, last] = shown.map(({ width }) => width);
    const shares = cellWidths(shown, NARROW).map(({ side }) => side);
    expect(shares[0]).toBeCloseTo(Number(interest) / (Number(interest) + Number(last)));
  });
});

describe('columnSheet', () => {
  it('says how wide each cell is', () => {
    const side = 'calc((100% - 164px) / 2';
    expect(columnSheet(columns('last'), WIDE).split('\n')).toEqual([
      `:where(.row) > span:nth-of-type(1) { width: ${side} * 1 + 164px * 0); }`,
      `:where(.row) > span:nth-of-type(2) { width: ${side} * 0 + 164px * 1); }`,
      `:where(.row) > span:nth-of-type(3) { width: ${side} * 1 + 164px * 0); }`,
      `.bars { --longest-bar: ${side} * 0 + 164px * 0); }`,
    ]);
  });

  it('gives the strike less where there is little room', () => {
    expect(columnSheet(columns('last'), NARROW)).toContain('64px');
    expect(columnSheet(columns('last'), NARROW)).not.toContain('164px');
  });

  it('lets bars reach over the outer columns, and not beyond', () => {
    const sheet = columnSheet(columns('open_interest', 'volume'), WIDE);
    expect(sheet).toContain('.bars { --longest-bar: calc((100% - 164px) / 2 * 1 + 164px * 0); }');
  });
});

describe('tooLong', () => {
  const last = columns('last');
  const [column] = last as [Column];

  it('lets a text fill what its column has in this table', () => {
    expect(tooLong(last, 400)('9'.repeat(22), column)).toBe(false);
    expect(tooLong(last, 400)('9'.repeat(23), column)).toBe(true);
  });

  it('gives a column less beside others', () => {
    const both = columns('last', 'open_interest');
    expect(tooLong(both, 400)('9'.repeat(22), column)).toBe(true);
  });
});
