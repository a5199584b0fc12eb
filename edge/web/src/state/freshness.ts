import type { FeedStatus } from '../contract/types';
import type { Connection } from './connection';

/** Whether the figures on the screen are those of now, and if not, why not. */
export type Freshness =
  | 'connecting'
  | 'live'
  | 'reconnecting'
  | 'refused'
  /** Connected, and the feed is silent although the market trades. */
  | 'stale'
  /** The market is closed: silence is what it should be. */
  | 'closed'
  /** A replay came to its end. */
  | 'ended';

/** Older data than this, in milliseconds, is stale while the market trades. */
export const STALE_AFTER = 15_000;

/** Judges what is shown by the connection, the source and the age of its newest data. */
export function freshnessOf(
  connection: Connection,
  feed: Pick<FeedStatus, 'session' | 'exhausted'> | undefined,
  ageOfData: number | undefined,
): Freshness {
  if (connection.phase !== 'live') return connection.phase;
  if (feed?.exhausted) return 'ended';
  if (feed?.session === 'MARKET_SESSION_CLOSED') return 'closed';
  return ageOfData !== undefined && ageOfData > STALE_AFTER ? 'stale' : 'live';
}

/** Whether figures of this age are to be shown dimmed. */
export function isDimmed(freshness: Freshness, ageOfData: number | undefined): boolean {
  if (freshness === 'stale') return true;
  const cutOff = freshness === 'reconnecting' || freshness === 'refused';
  return cutOff && ageOfData !== undefined && ageOfData > STALE_AFTER;
}
