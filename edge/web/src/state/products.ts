import type { Product } from '../contract/types';
import { EMPTY, ready, valueOf, type Loadable } from './loadable';

/** Adds products that were not known yet, by symbol; known descriptions are replaced. */
export function withProducts(
  current: Loadable<readonly Product[]>,
  arrived: readonly Product[],
): Loadable<readonly Product[]> {
  const known = valueOf(current) ?? [];
  const bySymbol = new Map([...known, ...arrived].map((product) => [product.symbol, product]));
  if (bySymbol.size === 0) return EMPTY;
  return ready([...bySymbol.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1)));
}
