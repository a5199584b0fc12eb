import type { Market } from '../market';
import { Lease } from './lease';

/** Keeps a product, and the chain of one of its expiries, coming for whoever shows them. */
export class Following {
  readonly #product = new Lease();
  readonly #chain = new Lease();

  /** Follows these instead of what was followed; empty means that there is none to follow. */
  show(market: Market, product: string, expiry: string): void {
    this.#product.take(product, () => market.follow(product));
    const chain = product && expiry && `${product} ${expiry}`;
    this.#chain.take(chain, () => market.fetchChain(product, expiry));
  }

  end(): void {
    this.#product.end();
    this.#chain.end();
  }
}
