import type { EnrichedChain } from '../contract/types';
import { publishedAt } from '../state/chains';
import type { PriceTrail } from '../state/price-trail';

/** What a screen goes on to show while newer figures arrive behind it. */
export interface Shown {
  readonly chain: EnrichedChain;
  readonly trail: PriceTrail | undefined;
}

/** Whether what is held is still of the chain that somebody looks at. */
export function isOf(held: Shown, product: string, expiry: string): boolean {
  return held.chain.product === product && held.chain.expiry === expiry;
}

/** How far what is held lies behind the newest chain, in milliseconds; absent where none can tell. */
export function lag(held: Shown, newest: EnrichedChain | undefined): number | undefined {
  const behind = newest === undefined ? NaN : publishedAt(newest) - publishedAt(held.chain);
  return Number.isNaN(behind) ? undefined : behind;
}
