import { describe, expect, it } from 'vitest';

import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { maxPain } from '../testing/max-pain';
import { without } from '../testing/without';
import { painFigures } from './max-pain';

describe('painFigures', () => {
  it('are the strike, its distance, the payout and what is open', () => {
    const shown = painFigures(maxPain(), RUPEES);
    expect(shown.map(({ name, value, note }) => [name, value, note])).toEqual([
      ['Max pain', '21,500', 'least payout'],
      ['From spot', '+15.50', '+0.07%'],
      ['Payout there', '2.5K', 'calls and puts'],
      ['Spot', '21,484.50', undefined],
      ['Call OI', '80', 'contracts'],
      ['Put OI', '60', 'contracts'],
    ]);
  });

  it('name the strikes that tie', () => {
    const tied = painFigures(maxPain({ max_pain_ties: [21_500, 21_550] }), RUPEES);
    const { note, explanation } = figureNamed(tied, 'Max pain');
    expect(note).toBe('lowest of 2 equal strikes');
    expect(explanation.inputs).toContainEqual(['Strikes of least payout', '21,500, 21,550']);
  });

  it('say why there is no max pain, and make up no payout', () => {
    const missing = [
      { field: 'max_pain_strike', reason: 'MISSING_REASON_NO_OPEN_INTEREST' as const },
    ];
    const none = without(maxPain({ missing, max_pain_ties: [] }), 'max_pain_strike');
    const shown = painFigures(none, RUPEES);
    expect(figureNamed(shown, 'Max pain').note).toBe('No strike has open interest');
    expect(figureNamed(shown, 'Payout there').value).toBe('–');
  });
});
