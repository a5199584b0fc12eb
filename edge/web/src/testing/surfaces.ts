/** Volatility surfaces for tests: complete by the contract, with what the test is about changed. */
import type { SurfaceOnGrid } from '../charts/moneyness';
import type { SurfaceSlice, VolatilitySurface } from '../contract/types';

/** A slice quoted at 24,000, 24,600 and 25,200, whose forward is 24,600. */
export function slice(figures: Partial<SurfaceSlice> = {}): SurfaceSlice {
  return {
    expiry: '2025-08-07',
    timestamp: '2025-08-05T08:29:32Z',
    strikes: [24_000, 24_600, 25_200],
    ivs: [0.16, 0.13, 0.14],
    fitted_ivs: [0.159, 0.131, 0.1405],
    forward: 24_600,
    forward_basis: 'FORWARD_BASIS_PARITY',
    years_to_expiry: 0.01,
    atm_iv: 0.13,
    method: 'SLICE_METHOD_SVI',
    svi: { a: 0.0001, b: 0.004, rho: -0.35, m: 0.003, sigma: 0.009 },
    butterfly_arbitrage: false,
    calendar_arbitrage: false,
    butterfly_ranges: [],
    calendar_ranges: [],
    fit_error: 0.0008,
    least_density: 0.36,
    missing: [],
    ...figures,
  };
}

export function surface(figures: Partial<VolatilitySurface> = {}): VolatilitySurface {
  return {
    product: 'NIFTY',
    timestamp: '2025-08-05T08:29:32Z',
    spot_price: 24_623.45,
    expiries: [slice()],
    grid: [],
    missing: [],
    ...figures,
  };
}

/** Two expiries on a grid of five columns, whose outer two lie beyond the quotes. */
export function fittedSurface(): SurfaceOnGrid {
  const later = { expiry: '2025-08-14', years_to_expiry: 0.04, atm_iv: 0.14 };
  return {
    moneyness: [-0.04, -0.02, 0, 0.02, 0.04],
    surface: surface({
      expiries: [slice(), slice(later)],
      grid: [
        { expiry: '2025-08-07', years_to_expiry: 0.01, ivs: [0.2, 0.15, 0.13, 0.14, 0.18] },
        { expiry: '2025-08-14', years_to_expiry: 0.04, ivs: [0.17, 0.15, 0.14, 0.145, 0.16] },
      ],
    }),
  };
}
