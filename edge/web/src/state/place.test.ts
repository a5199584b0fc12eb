import { describe, expect, it } from 'vitest';

import { formatPlace, parsePlace, type Place } from './place';

describe('a place', () => {
  it.each<Place>([
    { screen: 'chain' },
    { screen: 'chain', product: 'NIFTY', mode: 'greeks' },
    { screen: 'max-pain', product: 'M&M', expiry: '2025-08-07' },
    { screen: 'surface', product: 'NIFTY', mode: 'heat-map' },
  ])('is restored from its address: %o', (place) => {
    expect(parsePlace(formatPlace(place))).toEqual(place);
  });

  it('has an address that people can read', () => {
    const place: Place = {
      screen: 'chain',
      product: 'NIFTY',
      expiry: '2025-08-07',
      mode: 'greeks',
    };
    expect(formatPlace(place)).toBe('#/chain/NIFTY/2025-08-07?mode=greeks');
  });

  it('takes a product in any case', () => {
    expect(parsePlace('#/chain/nifty').product).toBe('NIFTY');
  });

  it.each(['', '#', '#/', '#/chain//', '#/chain/%E0%A4%A', '#/chain/?mode=%3Cb%3E', '#/nowhere/'])(
    'leaves open what %j does not say',
    (hash) => {
      expect(parsePlace(hash)).toEqual({ screen: 'chain' });
    },
  );

  it('ignores an expiry that is no date', () => {
    expect(parsePlace('#/chain/NIFTY/soon')).not.toHaveProperty('expiry');
  });
});
