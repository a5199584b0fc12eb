import { describe, expect, it } from 'vitest';

import { RUPEES } from '../testing/charts';
import { gammaExposure } from '../testing/gamma';
import { figureNamed } from '../testing/key-figures';
import { without } from '../testing/without';
import { gammaFigures, gammaUnit } from './gamma-exposure';

describe('gammaFigures', () => {
  it('are the net exposure, the flip, the walls and spot', () => {
    const shown = gammaFigures(gammaExposure(), RUPEES);
    expect(shown.map(({ name, value, note }) => [name, value, note])).toEqual([
      ['Net gamma', '−₹3,455Cr', 'hedging feeds moves'],
      ['Zero gamma', '21,514.07', '+0.14% from spot'],
      ['Call wall', '21,500', 'most call gamma'],
      ['Put wall', '21,450', 'most put gamma'],
      ['Spot', '21,484.50', undefined],
    ]);
  });

  it('say which way hedging works when the sign is the other', () => {
    const shown = gammaFigures(gammaExposure({ net_gamma: 5 }), RUPEES);
    expect(figureNamed(shown, 'Net gamma').note).toBe('hedging damps moves');
  });

  it('rest on an assumption, and say so', () => {
    const answer = gammaExposure();
    for (const name of ['Net gamma', 'Zero gamma', 'Call wall', 'Put wall']) {
      const { explanation } = figureNamed(gammaFigures(answer, RUPEES), name);
      expect(explanation.convention).toContain(answer.assumption);
    }
  });

  it('say the exposure at a wall', () => {
    const { explanation } = figureNamed(gammaFigures(gammaExposure(), RUPEES), 'Put wall');
    expect(explanation.inputs[0]).toEqual(['Exposure there', '−₹4,000Cr']);
  });

  it('say why there is no flip', () => {
    const missing = [{ field: 'zero_gamma', reason: 'MISSING_REASON_NO_SIGN_CHANGE' as const }];
    const shown = gammaFigures(without(gammaExposure({ missing }), 'zero_gamma'), RUPEES);
    const { value, note } = figureNamed(shown, 'Zero gamma');
    expect([value, note]).toEqual(['–', 'The net exposure keeps its sign at all prices tried']);
  });
});

describe('gammaUnit', () => {
  it('says what a contract is, or that this is not known', () => {
    expect(gammaUnit(gammaExposure())).toContain('a contract is 75 units');
    expect(gammaUnit(without(gammaExposure(), 'contract_size'))).toContain('its size is not known');
  });
});
