/** A max pain for tests, with what the test is about changed. */
import type { MaxPain } from '../contract/types';

export function maxPain(figures: Partial<MaxPain> = {}): MaxPain {
  return {
    product: 'NIFTY',
    expiry: '2025-08-07',
    timestamp: '2025-08-05T08:29:32Z',
    max_pain_strike: 21_500,
    max_pain_ties: [21_500],
    spot_price: 21_484.5,
    distance_from_spot: 15.5,
    distance_pct: 0.0721,
    total_call_oi: 80,
    total_put_oi: 60,
    missing: [],
    history: [],
    curve: [
      { strike: 21_450, call_pain: 0, put_pain: 3_000, total_pain: 3_000 },
      { strike: 21_500, call_pain: 1_000, put_pain: 1_500, total_pain: 2_500 },
      { strike: 21_550, call_pain: 4_000, put_pain: 0, total_pain: 4_000 },
    ],
    ...figures,
  };
}
