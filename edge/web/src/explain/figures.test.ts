import { describe, expect, it } from 'vitest';

import { RUPEES } from '../testing/charts';
import { keyFigure, spotFigure, type FigureParts } from './figures';

const PARTS: FigureParts = {
  name: 'PCR',
  heading: 'Put-call ratio',
  field: 'pcr_oi',
  value: '0.90',
  note: 'puts per call',
  formula: 'puts ÷ calls',
  inputs: [['Puts', '9']],
  convention: 'Of all strikes.',
};

const SOURCE = { timestamp: '2025-08-05T08:29:32Z', published_at: null, missing: [] };

describe('keyFigure', () => {
  it('is what is shown, and what stands behind it', () => {
    expect(keyFigure(SOURCE, PARTS)).toEqual({
      name: 'PCR',
      value: '0.90',
      note: 'puts per call',
      explanation: {
        heading: 'Put-call ratio',
        value: '0.90',
        formula: 'puts ÷ calls',
        inputs: [['Puts', '9']],
        convention: 'Of all strikes.',
        timestamp: '2025-08-05T08:29:32Z',
      },
    });
  });

  it('says why it is missing, in the place of its note and in its explanation', () => {
    const missing = [
      { field: 'max_pain_strike', reason: 'MISSING_REASON_NO_OPEN_INTEREST' as const },
      { field: 'pcr_oi', reason: 'MISSING_REASON_NO_CALL_OPEN_INTEREST' as const },
    ];
    const figure = keyFigure({ ...SOURCE, missing }, { ...PARTS, value: '–' });
    expect(figure.note).toBe('The calls have no open interest');
    expect(figure.explanation.missing).toBe('The calls have no open interest');
  });

  it('says that it is not available where the answer gives no reason', () => {
    expect(keyFigure(SOURCE, { ...PARTS, value: '–' }).note).toBe('Not available');
  });

  it('tells when it was published, where that is known', () => {
    const published_at = '2026-01-27T09:15:00.250Z';
    const { explanation } = keyFigure({ ...SOURCE, published_at }, PARTS);
    expect(explanation.publishedAt).toBe(published_at);
  });
});

describe('spotFigure', () => {
  it('is the price that the source stated with the chain of the answer', () => {
    const { value, explanation } = spotFigure({ ...SOURCE, spot_price: 21_484.5 }, 'curve', RUPEES);
    expect(value).toBe('21,484.50');
    expect(explanation.convention).toBe(
      'As the source stated it with the chain that the curve is computed from.',
    );
  });

  it('says why there is none', () => {
    const missing = [{ field: 'spot_price', reason: 'MISSING_REASON_NO_SPOT' as const }];
    const { value, note } = spotFigure({ ...SOURCE, missing }, 'curve', RUPEES);
    expect([value, note]).toEqual(['–', 'The source does not state the price of the underlying']);
  });
});
