/** A chain with all that explanations are made of, and ways to look at them. */
import { COLUMNS, type Column, type ColumnId } from '../chain/columns';
import type { EnrichedChain, OptionLeg } from '../contract/types';
import type { Explanation } from '../explain/explanation';
import type { ChainSubject } from '../explain/subject';
import { productFormat } from '../format/product-format';
import { chain, leg, NIFTY } from './chains';

const FIGURES: Partial<OptionLeg> = {
  bid: 187.35,
  ask: 188.5,
  last: 188.5,
  volume: 111_141,
  open_interest: 120_443,
  change_in_open_interest: -4_966,
  price_change: -18.7,
  buildup: 'BUILDUP_LONG_UNWINDING',
  iv: 0.1306,
  quoted_iv: 0.1307,
  delta: 0.516,
  gamma: 0.00088,
  theta: -9.45,
  vega: 13.84,
  rho: -0.05,
  vanna: -0.0006,
  volga: 0.09,
  charm: 0.0005,
  bid_size: 23,
  price_basis: 'PRICE_BASIS_MID',
};

/** A chain of two strikes around its forward of 24,613. */
export const FULL = chain({
  spot_price: 24_600,
  forward: 24_613,
  forward_basis: 'FORWARD_BASIS_PARITY',
  rate: 0.055,
  years_to_expiry: 0.02612,
  convention: 'PRICING_CONVENTION_BLACK76',
  price_basis: 'PRICE_BASIS_MID',
  atm_strike: 24_600,
  atm_forward_strike: 24_600,
  atm_straddle_price: 361.87,
  atm_straddle_basis: 'PRICE_BASIS_MID',
  atm_call_price: 187.92,
  atm_put_price: 173.95,
  atm_iv: 0.13,
  expected_move: 452,
  expected_move_straddle: 307.59,
  pcr_oi: 1.109,
  pcr_volume: 1.054,
  max_pain_strike: 24_600,
  max_pain_ties: [24_600, 24_650],
  total_call_oi: 713_699,
  total_put_oi: 791_672,
  total_call_volume: 670_377,
  total_put_volume: 706_694,
  contract_size: 75,
  processed_at: '2026-01-27T09:15:00.260Z',
  calls: [leg(24_600, FIGURES), leg(24_650, FIGURES)],
  puts: [leg(24_600, { ...FIGURES, bid: 173.9, ask: 174 }), leg(24_650, { open_interest: 7 })],
});

export function subject(figures: Partial<EnrichedChain> = {}): ChainSubject {
  return { chain: { ...FULL, ...figures }, format: productFormat(NIFTY), product: NIFTY };
}

export function column(id: ColumnId): Column {
  const found = COLUMNS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no column ${id}`);
  return found;
}

/** What an explanation says of an input whose name contains this. */
export function input({ inputs }: Explanation, name: string): string | undefined {
  return inputs.find(([each]) => each.includes(name))?.[1];
}
