import { afterEach, describe, expect, it } from 'vitest';

import { useConventions, useToken } from './embedding';
import { productFormat } from './format/product-format';
import { marketAt } from './market';

describe('a page that embeds screens', () => {
  afterEach(() => {
    useConventions({ grouping: 'product', unit: 'source' });
  });

  it('reads as who it says, whatever stands behind the origin', async () => {
    useToken('http://edge.example/some/page', () => 'abc');
    expect(await marketAt('http://edge.example').credentials.token()).toBe('abc');
  });

  it('is asked for a newer token when one is refused, and not for the same again', async () => {
    let token = 'old';
    useToken('http://edge.example', () => token);
    const { credentials } = marketAt('http://edge.example');
    expect(await credentials.renew('old')).toBe(false);
    token = 'new';
    expect(await credentials.renew('old')).toBe(true);
  });

  it('chooses how figures are written, one convention at a time', () => {
    useConventions({ grouping: 'indian' });
    useConventions({ unit: 'shares' });
    const format = productFormat({
      currency: 'USD',
      time_zone: 'America/New_York',
      lot_size: 100,
      quantity_unit: 'QUANTITY_UNIT_CONTRACTS',
    });
    expect([format.quantity(12_345), format.unit]).toEqual(['12,34,500', 'shares']);
  });
});
