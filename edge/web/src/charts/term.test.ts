import { describe, expect, it } from 'vitest';

import { dataOf, RUPEES, seriesOf, THEME } from '../testing/charts';
import { slice, surface } from '../testing/surfaces';
import { without } from '../testing/without';
import { termOption, termTable } from './term';

const SURFACE = surface({
  constant_maturity_iv: 0.135,
  expiries: [
    slice(),
    without(slice({ expiry: '2025-08-14', years_to_expiry: 0.02 }), 'atm_iv'),
    slice({ expiry: '2025-09-25', years_to_expiry: 0.14, atm_iv: 0.15 }),
  ],
});

describe('the term structure', () => {
  const option = termOption(SURFACE, RUPEES)(THEME);

  it('has volatility at the money by days to expiry, with a gap where there is none', () => {
    const points = dataOf(option, 'At the money') as readonly (readonly [number, number | null])[];
    expect(points.map(([days]) => days)).toEqual([
      expect.closeTo(3.65, 9),
      expect.closeTo(7.3, 9),
      expect.closeTo(51.1, 9),
    ]);
    expect(points.map(([, iv]) => iv)).toEqual([0.13, null, 0.15]);
  });

  it('marks volatility 30 days ahead', () => {
    expect(dataOf(option, 'Constant maturity, 30 days')).toEqual([[30, 0.135]]);
  });

  it('has no such mark where no expiries lie about 30 days', () => {
    const bare = termOption(without(SURFACE, 'constant_maturity_iv'), RUPEES)(THEME);
    expect(seriesOf(bare).map(({ name }) => name)).toEqual(['At the money']);
  });

  it('names the expiry below the pointer', () => {
    const axis = option.xAxis as {
      readonly axisPointer: { readonly label: { formatter: (at: { value: unknown }) => string } };
    };
    expect(axis.axisPointer.label.formatter({ value: 0.14 * 365 })).toBe(
      'Thu, 25 Sept 2025 · 51.1 days',
    );
  });
});

describe('its table', () => {
  it('has a row an expiry', () => {
    expect(termTable(SURFACE, RUPEES).rows.map(([expiry, , , iv]) => [expiry, iv])).toEqual([
      ['2025-08-07', 0.13],
      ['2025-08-14', undefined],
      ['2025-09-25', 0.15],
    ]);
  });
});
