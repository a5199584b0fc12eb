import type { EnrichedChain } from '../contract/types';
import { publishedAt } from './chains';
import { followTime } from './heartbeat';
import type { ServerClock } from './server-clock';

/**
 * How long ago the feed published a chain, in milliseconds; absent where that is not stated.
 *
 * Whatever reads it is drawn again as time goes by.
 */
export function ageOfChain(
  chain: EnrichedChain | undefined,
  clock: ServerClock,
): number | undefined {
  followTime();
  const published = chain === undefined ? NaN : publishedAt(chain);
  return Number.isNaN(published) ? undefined : clock.now() - published;
}
