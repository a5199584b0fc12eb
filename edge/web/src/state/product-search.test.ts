import { describe, expect, it } from 'vitest';

import { searchProducts } from './product-search';

const PRODUCTS = [
  { symbol: 'AAPL', name: 'Apple Inc.' },
  { symbol: 'BANKNIFTY', name: 'Nifty Bank' },
  { symbol: 'FINNIFTY', name: 'Nifty Financial Services' },
  { symbol: 'NIFTY', name: 'Nifty 50' },
  { symbol: 'SPY', name: 'SPDR S&P 500 ETF Trust' },
];

function found(text: string): string[] {
  return searchProducts(PRODUCTS, text).map(({ symbol }) => symbol);
}

describe('the product search', () => {
  it('finds all where nothing is typed, in their order', () => {
    expect(found('  ')).toEqual(['AAPL', 'BANKNIFTY', 'FINNIFTY', 'NIFTY', 'SPY']);
  });

  it('puts the symbol itself before names that begin so, and those before parts of symbols', () => {
    expect(found('nifty')).toEqual(['NIFTY', 'BANKNIFTY', 'FINNIFTY']);
  });

  it.each([
    ['apple', ['AAPL']],
    ['BANK', ['BANKNIFTY']],
    ['financial', ['FINNIFTY']],
    ['s&p', ['SPY']],
    ['py', ['SPY']],
    ['zzz', []],
  ])('finds by symbol or name: %s', (text, symbols) => {
    expect(found(text)).toEqual(symbols);
  });
});
