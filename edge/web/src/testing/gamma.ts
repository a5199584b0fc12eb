/** A gamma exposure for tests, with what the test is about changed. */
import type { GammaExposure } from '../contract/types';

export function gammaExposure(figures: Partial<GammaExposure> = {}): GammaExposure {
  return {
    product: 'NIFTY',
    expiry: '2025-08-07',
    timestamp: '2025-08-05T08:29:32Z',
    assumption: 'Dealers are taken to be long every call and short every put.',
    missing: [],
    contract_size: 75,
    net_gamma: -34_549_544_246,
    spot_price: 21_484.5,
    zero_gamma: 21_514.07,
    call_wall: 21_500,
    put_wall: 21_450,
    strikes: [
      { strike: 21_450, call_gamma: 2e9, put_gamma: -4e10, net_gamma: -3.8e10 },
      { strike: 21_500, call_gamma: 1e10, put_gamma: -2e9, net_gamma: 8e9 },
    ],
    profile: [
      { spot_price: 18_261.825, net_gamma: -5e-15 },
      { spot_price: 21_484.5, net_gamma: -3.4e10 },
      { spot_price: 24_707.175, net_gamma: 2e9 },
    ],
    ...figures,
  };
}
