import { describe, expect, it } from 'vitest';

import { chain, leg } from '../testing/chains';
import { dataOf, marksOf, RUPEES, seriesOf, THEME, WIDE } from '../testing/charts';
import { without } from '../testing/without';
import { bandOf, breakEvens, moveOption, moveSummary, moveTable, payoffsOf } from './expected-move';

const CHAIN = chain({
  spot_price: 24_610,
  atm_strike: 24_600,
  atm_straddle_price: 140,
  expected_move: 150,
  expected_move_straddle: 119,
  calls: [24_400, 24_600, 24_800].map((strike) => leg(strike)),
  puts: [24_400, 24_600, 24_800].map((strike) => leg(strike)),
});

describe('the bands', () => {
  it('lie about spot, and about the strike where the straddle breaks even', () => {
    expect(bandOf(24_610, 150)).toEqual({ low: 24_460, high: 24_760 });
    expect(breakEvens(CHAIN)).toEqual({ low: 24_460, high: 24_740 });
  });

  it('are absent where either figure is', () => {
    expect(bandOf(null, 150)).toBeUndefined();
    expect(bandOf(24_610, undefined)).toBeUndefined();
  });
});

describe('payoffsOf', () => {
  it('has the gain at each strike and where it turns', () => {
    expect(payoffsOf(CHAIN)).toEqual([
      [24_400, 60],
      [24_460, 0],
      [24_600, -140],
      [24_740, 0],
      [24_800, 60],
    ]);
  });

  it('has none where the straddle has no price', () => {
    const rest = without(CHAIN, 'atm_straddle_price');
    expect(payoffsOf(rest)).toEqual([]);
    expect(moveTable(rest, RUPEES).rows).toEqual([]);
  });
});

describe('moveOption', () => {
  const areaOf = (option: ReturnType<ReturnType<typeof moveOption>>, name: string): unknown =>
    seriesOf(option).flatMap((series) =>
      series.name === name && 'markArea' in series ? (series.markArea.data ?? []) : [],
    );

  it('shades one standard deviation and the street’s estimate about spot', () => {
    const option = moveOption(CHAIN, RUPEES)(THEME, WIDE);
    expect(areaOf(option, '±1σ')).toEqual([[{ xAxis: 24_460 }, { xAxis: 24_760 }]]);
    expect(areaOf(option, '±0.85 · straddle')).toEqual([[{ xAxis: 24_491 }, { xAxis: 24_729 }]]);
    expect(marksOf(option)).toEqual([
      ['−1σ 24,460', 24_460],
      ['Spot 24,610', 24_610],
      ['+1σ 24,760', 24_760],
    ]);
  });

  it('shades no band that is not known', () => {
    const option = moveOption(without(CHAIN, 'expected_move'), RUPEES)(THEME, WIDE);
    expect(areaOf(option, '±1σ')).toEqual([]);
    expect(marksOf(option).map(([name]) => name)).toEqual(['Spot 24,610']);
  });

  it('shows the gain from end to end, some expected moves about spot', () => {
    const option = moveOption(CHAIN, RUPEES)(THEME, WIDE);
    expect(option.xAxis).toMatchObject({ min: 24_235, max: 24_985 });
    expect(dataOf(option, 'Gain at expiry')).toEqual([
      [24_235, 225],
      [24_400, 60],
      [24_460, 0],
      [24_600, -140],
      [24_740, 0],
      [24_800, 60],
      [24_985, 245],
    ]);
  });

  it('shows all strikes where no move is known', () => {
    const moveless = without(CHAIN, 'expected_move', 'expected_move_straddle');
    expect(moveOption(moveless, RUPEES)(THEME, WIDE).xAxis).toMatchObject({
      min: 24_300,
      max: 24_900,
    });
  });
});

describe('moveSummary', () => {
  it('says the range and the break-even prices', () => {
    expect(moveSummary(CHAIN, RUPEES)).toBe(
      'Until expiry the price is expected between 24,460.00 and 24,760.00; a straddle gains below 24,460.00 and above 24,740.00.',
    );
  });
});

describe('moveTable', () => {
  it('says of each price whether it is expected', () => {
    expect(moveTable(CHAIN, RUPEES).rows[0]).toEqual([24_400, 60, 'beyond', 'beyond']);
    expect(moveTable(CHAIN, RUPEES).rows[3]).toEqual([24_740, 0, 'within', 'beyond']);
  });
});
