import { describe, expect, it } from 'vitest';

import { dataOf, marksOf, RUPEES, THEME, tooltipAt, WIDE } from '../testing/charts';
import { maxPain } from '../testing/max-pain';
import { without } from '../testing/without';
import { painOption, painSummary, painTable } from './max-pain';

describe('painOption', () => {
  const option = painOption(maxPain(), RUPEES)(THEME, WIDE);

  it('has the payout of calls, of puts and of both', () => {
    expect(dataOf(option, 'Calls')).toEqual([
      [21_450, 0],
      [21_500, 1_000],
      [21_550, 4_000],
    ]);
    expect(dataOf(option, 'Total')).toEqual([
      [21_450, 3_000],
      [21_500, 2_500],
      [21_550, 4_000],
    ]);
  });

  it('marks spot and the strike of least payout', () => {
    expect(marksOf(option)).toEqual([
      ['Spot 21,484.50', 21_484.5],
      ['Max pain 21,500', 21_500],
    ]);
  });

  it('marks how far strikes tie', () => {
    const tied = painOption(maxPain({ max_pain_ties: [21_500, 21_550] }), RUPEES)(THEME, WIDE);
    expect(marksOf(tied)).toContainEqual(['Equal up to 21,550', 21_550]);
  });

  it('marks nothing that is not known', () => {
    const rest = without(maxPain({ max_pain_ties: [] }), 'spot_price', 'max_pain_strike');
    expect(marksOf(painOption(rest, RUPEES)(THEME, WIDE))).toEqual([]);
  });

  it('tells the pointer the payouts', () => {
    expect(tooltipAt(option, 1)).toBe(
      'Price at expiry 21,500\nCalls are paid  1,000\nPuts are paid  1,500\nTotal  2,500',
    );
  });
});

describe('painSummary', () => {
  it('says where the payout is least; distance_pct is percent already', () => {
    expect(painSummary(maxPain(), RUPEES)).toBe(
      'The total payout is least at 21,500, +0.07% from spot.',
    );
  });

  it('says how far strikes tie, and when there is no open interest', () => {
    expect(painSummary(maxPain({ max_pain_ties: [21_500, 21_550] }), RUPEES)).toContain(
      'just as low up to 21,550',
    );
    const rest = without(maxPain({ max_pain_ties: [] }), 'max_pain_strike');
    expect(painSummary(rest, RUPEES)).toContain('no max pain');
  });
});

describe('painTable', () => {
  it('has a row a strike', () => {
    expect(painTable(maxPain(), RUPEES).rows[2]).toEqual([21_550, 4_000, 0, 4_000]);
  });
});
