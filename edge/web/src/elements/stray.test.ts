// @vitest-environment happy-dom
import { render } from 'lit';
import { beforeEach, describe, expect, it } from 'vitest';

import { ready } from '../state/loadable';
import { MarketState } from '../state/market-state';
import type { Place } from '../state/place';
import { NIFTY } from '../testing/chains';
import { noticeOfStray } from './stray';

const KNOWN = ['NIFTY', 'BANKNIFTY', 'SENSEX', 'SPY'];

describe('noticeOfStray', () => {
  let state: MarketState;
  let gone: string[];
  let page: HTMLElement;

  beforeEach(() => {
    state = new MarketState();
    gone = [];
    page = document.createElement('main');
  });

  /** Lets the server have told which products and expiries there are. */
  function tell(): void {
    state.products.value = ready(KNOWN.map((symbol) => ({ ...NIFTY, symbol })));
    state.expiries.at('NIFTY').value = ready(['2025-08-07', '2025-08-14']);
  }

  /** What is said of a place; absent where nothing is. */
  function said(place: Place): string | undefined {
    const notice = noticeOfStray(place, place.product ?? '', state, {
      findProduct: () => gone.push('find'),
      show: (symbol) => gone.push(symbol),
    });
    if (notice === undefined) return undefined;
    render(notice, page);
    return page.querySelector('strong')?.textContent;
  }

  function ways(): readonly HTMLButtonElement[] {
    return [...page.querySelectorAll('button')];
  }

  it('says nothing of a place that is there', () => {
    tell();
    expect(said({ screen: 'chain' })).toBeUndefined();
    expect(said({ screen: 'chain', product: 'SPY' })).toBeUndefined();
    expect(said({ screen: 'smile', product: 'NIFTY', expiry: '2025-08-14' })).toBeUndefined();
  });

  it('says nothing while it is not known what is there', () => {
    expect(said({ screen: 'chain', product: 'NIFTI' })).toBeUndefined();
    tell();
    expect(said({ screen: 'chain', product: 'SPY', expiry: '2001-01-05' })).toBeUndefined();
  });

  it('says that there is no such product, and offers a search and the first that there are', () => {
    tell();
    expect(said({ screen: 'chain', product: 'NIFTI' })).toBe('No product NIFTI is known');
    expect(ways().map((way) => way.textContent)).toEqual([
      'Find a product',
      'Show NIFTY',
      'Show BANKNIFTY',
      'Show SENSEX',
    ]);
    for (const way of ways().slice(0, 3)) way.click();
    expect(gone).toEqual(['find', 'NIFTY', 'BANKNIFTY']);
  });

  it('says that there is no such expiry, and offers the nearest', () => {
    tell();
    const stray = { product: 'NIFTY', expiry: '2001-01-05' };
    expect(said({ screen: 'smile', ...stray })).toMatch(/^NIFTY has no expiry on .*2001$/);
    ways()[0]?.click();
    expect(gone).toEqual(['NIFTY']);
  });

  it('lets a screen that is of no expiry be linked to with any', () => {
    tell();
    const stray = { product: 'NIFTY', expiry: '2001-01-05' };
    expect(said({ screen: 'system', ...stray })).toBeUndefined();
  });
});
