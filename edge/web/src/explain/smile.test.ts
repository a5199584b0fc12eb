import { describe, expect, it } from 'vitest';

import { smileOf } from '../charts/smile';
import { EMPTY, failed, LOADING, ready } from '../state/loadable';
import { chain } from '../testing/chains';
import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { fittedSurface, slice, surface } from '../testing/surfaces';
import { smileFigures } from './smile';

const CHAIN = chain({
  forward: 24_600,
  atm_iv: 0.1306,
  risk_reversal_25d: -0.0275,
  years_to_expiry: 0.01,
  missing: [{ field: 'butterfly_25d', reason: 'MISSING_REASON_OUTSIDE_RANGE' }],
});

describe('the figures of a smile', () => {
  const figures = smileFigures(smileOf(CHAIN, ready(fittedSurface())), RUPEES);

  it('are its level, its skew and its curvature', () => {
    expect(figureNamed(figures, 'ATM IV').value).toBe('13.1 %');
    expect(figureNamed(figures, '25Δ risk reversal').value).toBe('−2.75%');
  });

  it('say why one is missing', () => {
    const { value, explanation } = figureNamed(figures, '25Δ butterfly');
    expect([value, explanation.missing]).toEqual(['–', 'Outside the quoted range']);
  });

  it('tell how far the fit is from the quotes, with its parameters', () => {
    const { value, note, explanation } = figureNamed(figures, 'Fit error');
    expect([value, note]).toEqual(['0.08%', 'SVI fit']);
    expect(explanation.inputs).toContainEqual(['rho', '-0.35000']);
    expect(explanation.formula).toContain('raw SVI');
  });

  it('tell which arbitrage the fit allows, and where', () => {
    const guilty = slice({
      butterfly_arbitrage: true,
      butterfly_ranges: [{ low: 0, high: 0.02 }],
    });
    const { value, explanation } = figureNamed(
      smileFigures({ chain: CHAIN, slice: guilty, fit: [] }, RUPEES),
      'Arbitrage in the fit',
    );
    expect(value).toBe('butterfly');
    expect(explanation.inputs).toContainEqual(['Butterfly, strikes', '24,600 to 25,097']);
    expect(explanation.inputs).toContainEqual(['Calendar, strikes', 'nowhere']);
  });

  const problem = { message: 'Storage is away.', temporary: true };
  it.each([
    ['is on its way', LOADING, 'The fit is being fetched'],
    ['cannot be fetched', failed(LOADING, problem), 'The fit cannot be fetched'],
    ['is not there', EMPTY, 'Not fitted yet'],
    [
      'has no such expiry',
      ready({ moneyness: [], surface: surface({ expiries: [] }) }),
      'Not fitted yet',
    ],
  ])('say of a fit that %s nothing but that', (_, fitted, why) => {
    const bare = smileFigures(smileOf(CHAIN, fitted), RUPEES);
    for (const name of ['Fit error', 'Arbitrage in the fit']) {
      const { value, note, explanation } = figureNamed(bare, name);
      expect([value, note, explanation.missing]).toEqual(['–', why, why]);
    }
  });
});
