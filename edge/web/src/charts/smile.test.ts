import { describe, expect, it } from 'vitest';

import { LOADING, ready } from '../state/loadable';
import { chain, leg } from '../testing/chains';
import { dataOf, marksOf, RUPEES, seriesOf, THEME, WIDE } from '../testing/charts';
import { fittedSurface, slice } from '../testing/surfaces';
import { arbitrageStrikes, quotedPoints, smileOf, smileOption, smileTable } from './smile';
import { textOf } from './table';

const CHAIN = chain({
  convention: 'PRICING_CONVENTION_BLACK76',
  forward: 24_600,
  atm_strike: 24_600,
  calls: [
    leg(24_000, { iv: 0.16 }),
    leg(24_600, { iv: 0.13 }),
    leg(25_200, { iv_missing: 'MISSING_REASON_CROSSED' }),
  ],
  puts: [leg(24_000, { iv: 0.16 }), leg(24_600, { iv: 0.13 })],
});

const SMILE = smileOf(CHAIN, ready(fittedSurface()));

describe('quotedPoints', () => {
  it('are of the option out of the money, which speaks for its strike', () => {
    expect(quotedPoints(CHAIN, 'puts')).toEqual([[24_000, 0.16]]);
    expect(quotedPoints(CHAIN, 'calls')).toEqual([[24_600, 0.13]]);
  });

  it('are of each option where each speaks for itself', () => {
    const exchanges = { ...CHAIN, convention: 'PRICING_CONVENTION_NSE' as const };
    expect(quotedPoints(exchanges, 'calls').map(([strike]) => strike)).toEqual([24_000, 24_600]);
  });
});

describe('the smile', () => {
  const option = smileOption(SMILE, RUPEES)(THEME, WIDE);

  it('is fitted from the first quoted strike to the last, ascending', () => {
    const strikes = SMILE.fit.map(([strike]) => strike);
    expect(strikes).toEqual([...strikes].sort((one, other) => one - other));
    expect([strikes[0], strikes.at(-1)]).toEqual([24_000, 25_200]);
    expect(dataOf(option, 'SVI fit')).toHaveLength(SMILE.fit.length);
  });

  it('draws quotes as points, and none where there is no volatility', () => {
    expect(dataOf(option, 'Calls')).toEqual([[24_600, 0.13]]);
  });

  it('marks spot, forward and the strike at the money', () => {
    expect(marksOf(option).map(([, price]) => price)).toEqual([24_600, 24_623.45]);
  });

  it('has points but no line before it has been fitted', () => {
    const bare = smileOption(smileOf(CHAIN, LOADING), RUPEES)(THEME, WIDE);
    expect(dataOf(bare, 'Not fitted')).toEqual([]);
    expect(dataOf(bare, 'Puts')).toHaveLength(1);
  });
});

describe('arbitrage', () => {
  const guilty = slice({
    butterfly_arbitrage: true,
    butterfly_ranges: [{ low: 0.01, high: 0.5 }],
    calendar_ranges: [{ low: 0.4, high: 0.5 }],
  });
  const smile = { chain: CHAIN, slice: guilty, fit: SMILE.fit };

  it('is shaded between strikes, as far as they are listed', () => {
    const [range] = arbitrageStrikes(smile, 'butterfly_ranges');
    expect(range?.low).toBeCloseTo(24_600 * Math.exp(0.01), 6);
    expect(range?.high).toBe(25_200);
  });

  it('that lies beyond all strikes is not shaded', () => {
    expect(arbitrageStrikes(smile, 'calendar_ranges')).toEqual([]);
  });

  it('is named where it is shaded', () => {
    const option = smileOption(smile, RUPEES)(THEME, WIDE);
    expect(JSON.stringify(seriesOf(option)[0])).toContain('Butterfly arbitrage');
  });
});

describe('the table', () => {
  const table = smileTable(SMILE, RUPEES);

  it('has quoted and fitted volatility of each strike, and their difference', () => {
    const [first] = table.rows;
    expect(first?.slice(0, 4)).toEqual([24_000, 0.16, 0.16, 0.159]);
    expect(textOf(first?.[4], table.columns[4])).toBe('−0.10%');
  });

  it('says why a volatility is missing', () => {
    expect(table.rows.at(-1)).toEqual([
      25_200,
      undefined,
      undefined,
      0.1405,
      expect.closeTo(0.0005, 9),
      'The bid is above the ask',
    ]);
  });
});
