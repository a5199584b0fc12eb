import { describe, expect, it } from 'vitest';

import { pairsOf } from '../charts/open-interest';
import { chain, leg } from '../testing/chains';
import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { baselineWords, interestFigures, type InterestSubject } from './open-interest';

const CHAIN = chain({
  spot_price: 24_610,
  pcr_oi: 0.5,
  total_call_oi: 1_234_567,
  total_put_oi: 617_283,
  support: 24_550,
  resistance: 24_650,
  calls: [leg(24_600), leg(24_650, { open_interest: 1_234_567, change_in_open_interest: 70 })],
  puts: [leg(24_550, { open_interest: 617_283, change_in_open_interest: -20 })],
});

function figures(count: InterestSubject['count'], parts: Partial<InterestSubject> = {}) {
  const since = 'since the previous close';
  const subject = { chain: CHAIN, pairs: pairsOf(CHAIN, count), count, since, ...parts };
  return interestFigures(subject, RUPEES);
}

describe('interestFigures of what is open', () => {
  const shown = figures('open_interest');

  it('are the totals, their ratio, and the strikes that hold most', () => {
    expect(shown.map(({ name, value }) => [name, value])).toEqual([
      ['Call OI', '12.35L'],
      ['Put OI', '6.173L'],
      ['PCR OI', '0.50'],
      ['Resistance', '24,650'],
      ['Support', '24,550'],
    ]);
  });

  it('say what a total counts, and of how many options', () => {
    const { note, explanation } = figureNamed(shown, 'Call OI');
    expect(note).toBe('contracts');
    expect(explanation.inputs).toEqual([
      ['In full', '12,34,567'],
      ['Listed calls', '2'],
      ['Of which open interest is stated', '1'],
    ]);
  });

  it('call a level a reading', () => {
    const { explanation } = figureNamed(shown, 'Resistance');
    expect(explanation.convention).toContain('a reading and no measurement');
    expect(explanation.inputs[0]).toEqual(['Call open interest there, contracts', '12,34,567']);
  });

  it('say why a ratio is missing', () => {
    const missing = [{ field: 'pcr_oi', reason: 'MISSING_REASON_NO_CALL_OPEN_INTEREST' as const }];
    const empty = chain({ missing });
    const { value, note } = figureNamed(figures('open_interest', { chain: empty }), 'PCR OI');
    expect([value, note]).toEqual(['–', 'The calls have no open interest']);
  });
});

describe('interestFigures of the change', () => {
  const shown = figures('change_in_open_interest');

  it('are the sums of what is known', () => {
    expect(figureNamed(shown, 'Call OI change').value).toBe('+70');
    expect(figureNamed(shown, 'Put OI change').value).toBe('−20');
    expect(figureNamed(shown, 'Call OI change').explanation.inputs).toEqual([
      ['Measured', 'since the previous close'],
      ['Strikes whose change is known', '1 of 3'],
    ]);
  });

  it('are missing, and not 0, where no change is known', () => {
    const none = figures('change_in_open_interest', { pairs: [] });
    expect(figureNamed(none, 'Call OI change').value).toBe('–');
  });

  it('are of the time of the answer that told them', () => {
    const timestamp = '2025-08-05T08:00:00Z';
    const late = figures('change_in_open_interest', { timestamp });
    expect(figureNamed(late, 'Call OI change').explanation.timestamp).toBe(timestamp);
    expect(figureNamed(late, 'Support').explanation.timestamp).toBe(CHAIN.timestamp);
  });
});

describe('baselineWords', () => {
  it.each([
    ['BUILDUP_BASELINE_PREVIOUS_CLOSE', undefined, 'since the previous close'],
    ['BUILDUP_BASELINE_WINDOW_START', '2025-08-05T08:00:00Z', 'since 5 Aug, 13:30:00 IST'],
    ['BUILDUP_BASELINE_UNSPECIFIED', undefined, 'since a time that is not stated'],
  ] as const)('%s', (baseline, at, words) => {
    expect(baselineWords({ baseline, ...(at && { baseline_at: at }) }, RUPEES)).toBe(words);
  });
});
