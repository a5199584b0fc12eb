import { describe, expect, it } from 'vitest';

import type { EnrichedChain } from '../contract/types';
import { chain, NIFTY } from '../testing/chains';
import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { without } from '../testing/without';
import { straddleFigures } from './straddle';

const CHAIN = chain({
  spot_price: 24_610,
  atm_strike: 24_600,
  atm_straddle_price: 140,
  atm_straddle_basis: 'PRICE_BASIS_MID',
  atm_iv: 0.1302,
  expected_move: 150,
  expected_move_straddle: 119,
});

const figures = (of: EnrichedChain) =>
  straddleFigures({ chain: of, product: NIFTY, format: RUPEES });

describe('straddleFigures', () => {
  it('are the straddle, the moves it stands for, and the prices they reach', () => {
    expect(figures(CHAIN).map(({ name, value, note }) => [name, value, note])).toEqual([
      ['Straddle', '140.00', 'at 24,600, mid'],
      ['Expected move', '150.00', '1σ, 0.61% of spot'],
      ['Street’s move', '119.00', '0.85 · straddle'],
      ['Range to expiry', '24,460 – 24,760', 'spot ± 1σ'],
      ['Break-even', '24,460 – 24,740', 'strike ± straddle'],
      ['ATM IV', '13.0 %', 'a year'],
    ]);
  });

  it('say why the straddle has no price, and what follows from that', () => {
    const missing = [{ field: 'atm_straddle_price', reason: 'MISSING_REASON_NO_PRICE' as const }];
    const shown = figures(without(chain({ ...CHAIN, missing }), 'atm_straddle_price'));
    for (const name of ['Straddle', 'Break-even']) {
      const { value, note } = figureNamed(shown, name);
      expect([value, note]).toEqual(['–', 'No two-sided quote and no last price']);
    }
    expect(figureNamed(shown, 'Range to expiry').value).toBe('24,460 – 24,760');
  });

  it('say why there is no range where spot is not known', () => {
    const missing = [{ field: 'spot_price', reason: 'MISSING_REASON_NO_SPOT' as const }];
    const shown = figures(without(chain({ ...CHAIN, missing }), 'spot_price'));
    expect(figureNamed(shown, 'Range to expiry').note).toBe(
      'The source does not state the price of the underlying',
    );
  });

  it('keep cents where prices are small', () => {
    const small = figures(chain({ ...CHAIN, spot_price: 12.5, expected_move: 0.75 }));
    expect(figureNamed(small, 'Range to expiry').value).toBe('11.75 – 13.25');
  });
});
