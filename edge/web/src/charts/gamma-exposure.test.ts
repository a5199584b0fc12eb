import { describe, expect, it } from 'vitest';

import { dataOf, marksOf, RUPEES, seriesOf, THEME, tooltipAt, WIDE } from '../testing/charts';
import { gammaExposure } from '../testing/gamma';
import { without } from '../testing/without';
import {
  gammaOption,
  gammaSummary,
  gammaTable,
  profileOption,
  profileTable,
} from './gamma-exposure';
import { textOf } from './table';

const ANSWER = gammaExposure();

describe('gammaOption', () => {
  it('shows net exposure by strike, coloured by its sign', () => {
    const option = gammaOption(ANSWER, 'net', RUPEES)(THEME, WIDE);
    expect(dataOf(option, 'Net')).toEqual([
      [21_450, -3.8e10],
      [21_500, 8e9],
    ]);
    const bars = seriesOf(option)[0]?.data as { itemStyle: { color: string } }[];
    expect(bars.map(({ itemStyle }) => itemStyle.color)).toEqual(['down', 'up']);
  });

  it('shows calls above and puts below, in one column, when asked for its parts', () => {
    const option = gammaOption(ANSWER, 'parts', RUPEES)(THEME, WIDE);
    expect(dataOf(option, 'Calls')).toEqual([
      [21_450, 2e9],
      [21_500, 1e10],
    ]);
    expect(dataOf(option, 'Puts')).toEqual([
      [21_450, -4e10],
      [21_500, -2e9],
    ]);
    expect(seriesOf(option).slice(0, 2)).toMatchObject([{ stack: 'strike' }, { stack: 'strike' }]);
  });

  it('marks spot, both walls and the flip', () => {
    expect(marksOf(gammaOption(ANSWER, 'net', RUPEES)(THEME, WIDE))).toEqual([
      ['Put wall 21,450', 21_450],
      ['Spot 21,484.50', 21_484.5],
      ['Call wall 21,500', 21_500],
      ['Zero gamma 21,514.07', 21_514.07],
    ]);
  });

  it('marks no flip where there is none', () => {
    const option = gammaOption(without(ANSWER, 'zero_gamma'), 'net', RUPEES)(THEME, WIDE);
    expect(marksOf(option).map(([name]) => name)).not.toContainEqual(
      expect.stringContaining('Zero gamma'),
    );
  });
});

describe('profileOption', () => {
  const option = profileOption(ANSWER, RUPEES)(THEME, WIDE);

  it('shows exposure over prices, with spot and the flip', () => {
    expect(dataOf(option, 'Net gamma of all strikes')).toHaveLength(3);
    expect(marksOf(option).map(([, price]) => price)).toEqual([21_484.5, 21_514.07]);
  });

  it('looks at the prices about the strikes, and as far as the flip', () => {
    expect(option.xAxis).toMatchObject({ min: 21_425, max: 21_539.07 });
  });

  it('writes the noise of the arithmetic as nothing', () => {
    expect(tooltipAt(option, 0)).toBe('Price 18,261.83\nNet gamma  ₹0');
    expect(tooltipAt(option, 1)).toBe('Price 21,484.50\nNet gamma  −₹3,400Cr');
  });
});

describe('gammaSummary', () => {
  it('says the exposure, the walls and the flip', () => {
    expect(gammaSummary(ANSWER, RUPEES)).toBe(
      'The net exposure is −₹3,455Cr per 1 % move; the call wall stands at 21,500; the put wall at 21,450; the sign changes at 21,514.07.',
    );
  });

  it('says what is not known', () => {
    const rest = without(ANSWER, 'net_gamma', 'zero_gamma');
    expect(gammaSummary(rest, RUPEES)).toMatch(/^The net exposure is not known;.*no zero-gamma/);
  });
});

describe('the tables', () => {
  it('have each strike, and each price of the profile', () => {
    const { columns, rows } = gammaTable(ANSWER, RUPEES);
    expect(rows[0]).toEqual([21_450, 2e9, -4e10, -3.8e10]);
    expect(textOf(rows[0]?.[2], columns[2])).toBe('−₹4,000Cr');
    expect(profileTable(ANSWER, RUPEES).rows).toHaveLength(3);
  });
});
