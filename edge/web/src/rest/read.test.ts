import { describe, expect, it } from 'vitest';

import { addressOf } from './read';

describe('the address of a read', () => {
  it('fills the path, and encodes what would break it', () => {
    const variables = { product: 'M&M/X' };
    expect(addressOf({ path: '/api/analytics/pcr/{product}', variables })).toBe(
      '/api/analytics/pcr/M%26M%2FX',
    );
  });

  it('has the query that is given, lists one member after the other', () => {
    const read = {
      path: '/api/analytics/volatility-surface/{product}',
      variables: { product: 'NIFTY' },
      query: { max_expiries: 3, log_moneyness: [-0.1, 0] },
    } as const;
    expect(addressOf(read)).toBe(
      '/api/analytics/volatility-surface/NIFTY?max_expiries=3&log_moneyness=-0.1&log_moneyness=0',
    );
  });

  it('leaves out what is empty', () => {
    const read = {
      path: '/api/analytics/max-pain/{product}',
      variables: { product: 'NIFTY' },
      query: { expiry: '', history: false },
    } as const;
    expect(addressOf(read)).toBe('/api/analytics/max-pain/NIFTY?history=false');
  });
});
