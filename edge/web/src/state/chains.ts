import type { EnrichedChain } from '../contract/types';
import { ready, valueOf, type Loadable } from './loadable';

/** When the feed published a chain, in milliseconds; NaN where it is not stated. */
export function publishedAt(chain: Pick<EnrichedChain, 'published_at'>): number {
  return Date.parse(chain.published_at ?? '');
}

/**
 * Takes in a chain that has arrived, unless a newer one is there already.
 *
 * The order is that of publication, not of the exchange's time: a replay that begins again steps
 * back in the one, never in the other.
 */
export function withChain(
  current: Loadable<EnrichedChain>,
  arrived: EnrichedChain,
): Loadable<EnrichedChain> {
  const shown = valueOf(current);
  const isOlder = shown !== undefined && publishedAt(arrived) < publishedAt(shown);
  return isOlder ? current : ready(arrived);
}
