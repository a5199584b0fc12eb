import { describe, expect, it } from 'vitest';

import { MISSING } from '../format/absent';
import { productFormat } from '../format/product-format';
import { leg, NIFTY } from '../testing/chains';
import { COLUMNS, type Column, type ColumnId } from './columns';

function column(id: ColumnId): Column {
  const found = COLUMNS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no column ${id}`);
  return found;
}

describe('a column', () => {
  it.each(COLUMNS.map((each) => [each.id, each] as const))(
    'writes a dash where %s is absent',
    (_id, { write }) => {
      expect(write(leg(24_600), productFormat(NIFTY))).toBe(MISSING);
    },
  );

  it('of change colours by sign', () => {
    const { look } = column('change_in_open_interest');
    expect(look?.(leg(24_600, { change_in_open_interest: -5 }))).toBe('down');
    expect(look?.(leg(24_600))).toBeUndefined();
  });

  it.each([
    ['BUILDUP_LONG_BUILDUP', 'LB', 'long-buildup', 'Long build-up'],
    ['BUILDUP_SHORT_BUILDUP', 'SB', 'short-buildup', 'Short build-up'],
    ['BUILDUP_LONG_UNWINDING', 'LU', 'long-unwinding', 'Long unwinding'],
    ['BUILDUP_SHORT_COVERING', 'SC', 'short-covering', 'Short covering'],
    ['BUILDUP_NEUTRAL', 'N', 'neutral', 'Neutral'],
  ] as const)('tags %s as %s and spells it out', (buildup, tag, look, name) => {
    const tagged = leg(24_600, { buildup });
    expect(column('buildup').write(tagged, productFormat(NIFTY))).toBe(tag);
    expect(column('buildup').look?.(tagged)).toBe(look);
    expect(column('buildup').spell?.(tagged)).toContain(name);
  });

  it('takes a build-up that it does not know for one that is not known', () => {
    const unheardOf = leg(24_600, { buildup: 'BUILDUP_OF_TOMORROW' as never });
    expect(column('buildup').write(unheardOf, productFormat(NIFTY))).toBe(MISSING);
  });
});
