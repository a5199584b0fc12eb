import { describe, expect, it } from 'vitest';

import type { OpenInterestBuildup } from '../contract/types';
import { chain, leg } from '../testing/chains';
import { dataOf, marksOf, RUPEES, THEME, tooltipAt, WIDE } from '../testing/charts';
import { textOf } from './table';
import {
  buildupTable,
  changesOf,
  interestOption,
  interestSummary,
  interestTable,
  pairsOf,
} from './open-interest';

const CHAIN = chain({
  spot_price: 24_610,
  support: 24_550,
  resistance: 24_650,
  calls: [
    leg(24_550, { open_interest: 50, change_in_open_interest: -5 }),
    leg(24_650, { open_interest: 123_456, change_in_open_interest: 20 }),
  ],
  puts: [leg(24_550, { open_interest: 25 }), leg(24_600, { open_interest: 0 })],
});

const BUILDUP: OpenInterestBuildup = {
  product: 'NIFTY',
  expiry: '2025-08-07',
  baseline: 'BUILDUP_BASELINE_PREVIOUS_CLOSE',
  missing: [],
  strikes: [
    {
      strike: 24_550,
      call: 'BUILDUP_SHORT_BUILDUP',
      put: 'BUILDUP_UNSPECIFIED',
      call_oi_change: 1_500,
      call_price_change: -2.5,
    },
  ],
};

const PAIRS = pairsOf(CHAIN, 'open_interest');

describe('pairsOf', () => {
  it('pairs calls and puts by strike; what is not listed or not stated is absent, and 0 is 0', () => {
    expect(PAIRS).toEqual([
      { strike: 24_550, call: 50, put: 25 },
      { strike: 24_600, call: undefined, put: 0 },
      { strike: 24_650, call: 123_456, put: undefined },
    ]);
  });

  it('takes the change that the source states', () => {
    const changes = pairsOf(CHAIN, 'change_in_open_interest');
    expect(changes.map(({ call, put }) => [call, put])).toEqual([
      [-5, undefined],
      [undefined, undefined],
      [20, undefined],
    ]);
  });
});

describe('changesOf', () => {
  it('takes the changes since the baseline of a build-up', () => {
    expect(changesOf(BUILDUP)).toEqual([{ strike: 24_550, call: 1_500, put: undefined }]);
  });
});

describe('interestOption', () => {
  const option = interestOption(PAIRS, CHAIN, 'open_interest', RUPEES)(THEME, WIDE);

  it('has a bar of calls beside one of puts, and none where nothing is known', () => {
    expect(dataOf(option, 'Calls')).toEqual([
      [24_550, 50],
      [24_600, null],
      [24_650, 123_456],
    ]);
    expect(dataOf(option, 'Puts')).toEqual([
      [24_550, 25],
      [24_600, 0],
      [24_650, null],
    ]);
  });

  it('marks spot, support and resistance', () => {
    expect(marksOf(option)).toEqual([
      ['Support 24,550', 24_550],
      ['Spot 24,610', 24_610],
      ['Resistance 24,650', 24_650],
    ]);
  });

  it('tells the pointer the figures of a strike, with a dash for what is missing', () => {
    expect(tooltipAt(option, 2)).toBe('Strike 24,650\nCalls  1,23,456\nPuts  –');
  });

  it('signs changes', () => {
    const changes = pairsOf(CHAIN, 'change_in_open_interest');
    const change = interestOption(changes, CHAIN, 'change_in_open_interest', RUPEES)(THEME, WIDE);
    expect(tooltipAt(change, 2)).toContain('Calls  +20');
  });
});

describe('interestSummary', () => {
  it('names the strikes that hold most', () => {
    expect(interestSummary(PAIRS, 'open_interest', RUPEES)).toBe(
      'By strike, open interest: of calls it is greatest at 24,650, 1,23,456; of puts it is greatest at 24,550, 25.',
    );
  });

  it('says so where a side has none', () => {
    const none = [{ strike: 24_550, call: -3, put: undefined }];
    expect(interestSummary(none, 'change_in_open_interest', RUPEES)).toBe(
      'By strike, increase of open interest: no call has any; no put has any.',
    );
  });
});

describe('interestTable', () => {
  it('has a row a strike and says what is counted', () => {
    const { columns, rows } = interestTable(PAIRS, 'open_interest', RUPEES);
    expect(columns.map(({ heading }) => heading)).toEqual([
      'Strike',
      'Call OI, contracts',
      'Put OI, contracts',
    ]);
    expect(rows[1]).toEqual([24_600, undefined, 0]);
  });
});

describe('buildupTable', () => {
  it('names what traders did beside the changes that say so; what is not known is a dash', () => {
    const { columns, rows } = buildupTable(BUILDUP, RUPEES);
    expect(rows[0]?.map((cell, at) => textOf(cell, columns[at]))).toEqual([
      '24,550',
      'Short build-up',
      '+1,500',
      '−2.50',
      '–',
      '–',
      '–',
    ]);
  });
});
