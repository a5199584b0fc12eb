/** What the dashboard says when a link leads to what is not there. */
import type { TemplateResult } from 'lit';

import { calendarDate } from '../format/durations';
import { entryOf } from '../screens/directory';
import { valueOf } from '../state/loadable';
import type { MarketState } from '../state/market-state';
import type { Place } from '../state/place';
import { strayNotice, type WayOut } from './notice';

/** As many products are offered as fit beside one another on a phone. */
const OFFERED = 3;

/** What can be done instead. */
export interface WaysOn {
  readonly findProduct: () => void;
  readonly show: (product: string) => void;
}

/** Says that a place is not there, and where to go from there; nothing while it may be there. */
export function noticeOfStray(
  place: Place,
  product: string,
  state: MarketState,
  ways: WaysOn,
): TemplateResult | undefined {
  if (!isKnown(product, state)) return productNotice(product, state, ways);
  const { screen, expiry } = place;
  if (expiry === undefined || entryOf(screen).isOfProduct === true) return undefined;
  return expires(product, expiry, state) ? undefined : expiryNotice(product, expiry, ways);
}

function isKnown(product: string, state: MarketState): boolean {
  const isTold = valueOf(state.products.value) !== undefined;
  return product === '' || !isTold || state.product(product) !== undefined;
}

function expires(product: string, expiry: string, state: MarketState): boolean {
  return valueOf(state.expiries.at(product).value)?.includes(expiry) ?? true;
}

function productNotice(product: string, state: MarketState, ways: WaysOn): TemplateResult {
  const known = valueOf(state.products.value) ?? [];
  const others = known.slice(0, OFFERED).map(({ symbol }): WayOut => [
    `Show ${symbol}`,
    () => {
      ways.show(symbol);
    },
  ]);
  return strayNotice(
    `No product ${product} is known`,
    'Its screens are shown as soon as its first event arrives.',
    [['Find a product', ways.findProduct], ...others],
  );
}

function expiryNotice(product: string, expiry: string, ways: WaysOn): TemplateResult {
  const nearest: WayOut = [
    'Show the nearest expiry',
    () => {
      ways.show(product);
    },
  ];
  const title = `${product} has no expiry on ${calendarDate(expiry)}`;
  return strayNotice(title, 'Its options expire on other days.', [nearest]);
}
