import { describe, expect, it } from 'vitest';

import { chain } from '../testing/chains';
import { isOf, lag } from './paused';

const HELD = { chain: chain({ published_at: '2026-01-27T09:15:00Z' }), trail: undefined };

describe('what is held', () => {
  it('lies behind the newest chain by the time between their publications', () => {
    expect(lag(HELD, chain({ published_at: '2026-01-27T09:15:12.500Z' }))).toBe(12_500);
    expect(lag(HELD, HELD.chain)).toBe(0);
  });

  it('lies nobody knows how far behind where a publication is not stated', () => {
    expect(lag(HELD, undefined)).toBeUndefined();
    expect(lag(HELD, chain({ published_at: null as never }))).toBeUndefined();
  });

  it('is of one product and expiry', () => {
    expect(isOf(HELD, 'NIFTY', '2025-08-07')).toBe(true);
    expect(isOf(HELD, 'NIFTY', '2025-08-14')).toBe(false);
    expect(isOf(HELD, 'BANKNIFTY', '2025-08-07')).toBe(false);
  });
});
