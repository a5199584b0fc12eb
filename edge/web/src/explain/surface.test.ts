import { describe, expect, it } from 'vitest';

import type { ImpliedVolatilityRank } from '../contract/types';
import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { fittedSurface, slice, surface } from '../testing/surfaces';
import { maturityFigures, surfaceFigures } from './surface';

const RANK: ImpliedVolatilityRank = {
  product: 'NIFTY',
  iv: 0.14,
  rank: 62.5,
  lowest: 0.09,
  highest: 0.17,
  sessions: 252,
  series: [],
  missing: [{ field: 'percentile', reason: 'MISSING_REASON_INSUFFICIENT_HISTORY' }],
};

describe('volatility 30 days ahead', () => {
  it('is said with the expiries that it lies between', () => {
    const figures = maturityFigures(surface({ constant_maturity_iv: 0.135 }), undefined, RUPEES);
    const { value, explanation } = figureNamed(figures, 'IV, 30 days');
    expect(value).toBe('13.5 %');
    expect(explanation.inputs).toEqual([['Thu, 7 Aug 2025', '13.0 %']]);
  });

  it('is missing for a reason', () => {
    const missing = [
      { field: 'constant_maturity_iv', reason: 'MISSING_REASON_OUTSIDE_RANGE' },
    ] as const;
    const [figure] = maturityFigures(surface({ missing }), undefined, RUPEES);
    expect([figure?.value, figure?.note]).toEqual(['–', 'Outside the quoted range']);
  });

  it('has a place among past sessions', () => {
    const figures = maturityFigures(surface(), RANK, RUPEES);
    expect(figureNamed(figures, 'IV rank').value).toBe('63');
    expect(figureNamed(figures, 'IV percentile').note).toBe('Too little history is stored');
  });
});

describe('the figures of a surface', () => {
  it('tell the worst of the fits', () => {
    const fitted = {
      ...fittedSurface(),
      surface: surface({ expiries: [slice(), slice({ fit_error: 0.002 })] }),
    };
    expect(figureNamed(surfaceFigures(fitted, undefined, RUPEES), 'Worst fit error')).toMatchObject(
      { value: '0.20%', note: 'of 2 expiries' },
    );
  });

  it('count the expiries whose fit allows arbitrage', () => {
    const guilty = slice({ expiry: '2025-08-14', calendar_arbitrage: true });
    const fitted = { moneyness: [], surface: surface({ expiries: [slice(), guilty] }) };
    const { value, explanation } = figureNamed(
      surfaceFigures(fitted, undefined, RUPEES),
      'Arbitrage in the fit',
    );
    expect(value).toBe('1 of 2 expiries');
    expect(explanation.inputs).toEqual([
      ['Thu, 7 Aug 2025', 'none'],
      ['Thu, 14 Aug 2025', 'calendar'],
    ]);
  });
});
