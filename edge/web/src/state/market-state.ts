import { computed, signal } from '@preact/signals-core';

import type { EnrichedChain, FeedStatus, Product } from '../contract/types';
import { exchangeDate } from '../format/durations';
import type { Problem } from '../rest/problem';
import { CONNECTING, type Connection } from './connection';
import { nearestExpiry } from './expiries';
import { LOADING, valueOf, type Loadable } from './loadable';
import type { PriceTrail } from './price-trail';
import { SignalMap } from './signal-map';

/** All that the page knows of the market, as signals: screens read, only Market writes. */
export class MarketState {
  readonly products = signal<Loadable<readonly Product[]>>(LOADING);
  readonly feed = signal<Loadable<FeedStatus>>(LOADING);
  readonly connection = signal<Connection>(CONNECTING);

  /** Why nobody may read who is not signed in; absent while reading is allowed. */
  readonly locked = signal<Problem | undefined>(undefined);

  /** Recent prices, by product. */
  readonly trails = new SignalMap<PriceTrail | undefined>(undefined);

  /** Expiry dates, ascending, by product. */
  readonly expiries = new SignalMap<Loadable<readonly string[]>>(LOADING);

  /** The latest chain, by product and expiry. */
  readonly chains = new SignalMap<Loadable<EnrichedChain>>(LOADING);

  readonly #bySymbol = computed(
    () => new Map(valueOf(this.products.value)?.map((product) => [product.symbol, product])),
  );

  /** The description of a product, once known. */
  product(symbol: string): Product | undefined {
    return this.#bySymbol.value.get(symbol);
  }

  /**
   * The expiry to show: the wanted one, else the nearest that had not passed when the product's
   * newest event happened, which for a replay is not today. Absent until that can be told.
   */
  expiryToShow(product: string, wanted: string, now: number): string | undefined {
    if (wanted !== '') return wanted;
    const newest = this.#newestEvent(product, now);
    const zone = this.product(product)?.time_zone ?? 'UTC';
    const expiries = valueOf(this.expiries.at(product).value) ?? [];
    return newest === undefined ? undefined : nearestExpiry(expiries, exchangeDate(newest, zone));
  }

  #newestEvent(product: string, now: number): number | undefined {
    const feed = this.feed.value;
    const status = valueOf(feed)?.products.find((each) => each.product?.symbol === product);
    if (status?.last_event_at != null) return Date.parse(status.last_event_at);
    const last = this.trails.at(product).value?.at(-1);
    return last?.at ?? (feed.state === 'loading' ? undefined : now);
  }
}
