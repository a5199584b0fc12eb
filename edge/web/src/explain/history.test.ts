import { describe, expect, it } from 'vitest';

import { RATIO_LINES } from '../charts/history';
import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { historyFigures } from './history';

const SOURCE = {
  timestamp: '2025-08-05T08:31:00Z',
  missing: [{ field: 'pcr_volume', reason: 'MISSING_REASON_NO_CALL_VOLUME' }],
} as const;

const POINTS = [
  { at: Date.parse('2025-08-05T08:30:00Z'), pcr_oi: 0.9, pcr_volume: 1.1 },
  { at: Date.parse('2025-08-05T08:31:00Z'), pcr_oi: 0.8 },
];

describe('the figures of a history', () => {
  const figures = historyFigures(POINTS, RATIO_LINES, SOURCE, RUPEES);

  it('are the newest of each line, and what it has moved between', () => {
    expect(figureNamed(figures, 'PCR by open interest').value).toBe('0.80');
    expect(figureNamed(figures, 'PCR by open interest, range').value).toBe('0.80 to 0.90');
  });

  it('say why the newest is missing, while the range is of what is known', () => {
    expect(figureNamed(figures, 'PCR by volume')).toMatchObject({
      value: '–',
      note: 'The calls have no volume',
    });
    expect(figureNamed(figures, 'PCR by volume, range').value).toBe('1.10 to 1.10');
  });

  it('say how many points they are of', () => {
    const { inputs } = figureNamed(figures, 'PCR by volume').explanation;
    expect(inputs.slice(0, 2)).toEqual([
      ['Points shown', '2'],
      ['Of which have a value', '1'],
    ]);
  });
});
