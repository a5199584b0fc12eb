/** Chains and their parts for tests: complete by the contract, with what the test is about changed. */
import type { EnrichedChain, OptionLeg, Product } from '../contract/types';

export const NIFTY: Product = {
  symbol: 'NIFTY',
  name: 'Nifty 50',
  exchange: 'XNSE',
  currency: 'INR',
  time_zone: 'Asia/Kolkata',
  tick_size: 0.05,
  quantity_unit: 'QUANTITY_UNIT_CONTRACTS',
};

export function leg(strike: number, figures: Partial<OptionLeg> = {}): OptionLeg {
  return {
    symbol: `NIFTY-20250807-${strike}-CE`,
    strike,
    iv_missing: 'MISSING_REASON_UNSPECIFIED',
    price_basis: 'PRICE_BASIS_UNSPECIFIED',
    buildup: 'BUILDUP_UNSPECIFIED',
    ...figures,
  };
}

export function chain(figures: Partial<EnrichedChain> = {}): EnrichedChain {
  return {
    product: 'NIFTY',
    expiry: '2025-08-07',
    spot_price: 24_623.45,
    timestamp: '2025-08-05T08:29:32Z',
    published_at: '2026-01-27T09:15:00.250Z',
    expires_at: '2025-08-07T10:00:00Z',
    sequence: '1',
    total_call_oi: 0,
    total_put_oi: 0,
    total_call_volume: 0,
    total_put_volume: 0,
    calls: [],
    puts: [],
    max_pain_ties: [],
    missing: [],
    atm_straddle_basis: 'PRICE_BASIS_UNSPECIFIED',
    convention: 'PRICING_CONVENTION_UNSPECIFIED',
    forward_basis: 'FORWARD_BASIS_UNSPECIFIED',
    price_basis: 'PRICE_BASIS_UNSPECIFIED',
    ...figures,
  };
}
