/** How far back a chart of history goes. */
import type { Span } from './series';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The most points that the analytics answer at once; each range has fewer. */
export const MOST_POINTS = 1_000;

/** A stretch of history, thinned so that one answer holds all of it. */
export interface HistoryRange extends Span {
  /** Stands in links. */
  readonly mode: string;
  readonly name: string;
}

export const HISTORY_RANGES: readonly [HistoryRange, ...HistoryRange[]] = [
  { mode: '1h', name: '1 h', length: HOUR, interval: 5 * SECOND },
  { mode: '6h', name: '6 h', length: 6 * HOUR, interval: 30 * SECOND },
  { mode: '1d', name: '1 d', length: DAY, interval: 2 * MINUTE },
  { mode: '1w', name: '1 w', length: 7 * DAY, interval: 15 * MINUTE },
  { mode: '1m', name: '1 m', length: 30 * DAY, interval: HOUR },
  { mode: 'all', name: 'All', interval: DAY },
];

/** The range of a mode; the first where there is none of that name. */
export function rangeOf(mode: string): HistoryRange {
  return HISTORY_RANGES.find((range) => range.mode === mode) ?? HISTORY_RANGES[0];
}

/** What asks the analytics for the newest points of a range. */
export function historyQuery({ interval }: Span): {
  readonly history: true;
  readonly limit: number;
  readonly interval: string;
} {
  return { history: true, limit: MOST_POINTS, interval: `${interval / SECOND}s` };
}

/**
 * A pause that is this long is a gap, and no line: two intervals may not be late, nor two of the
 * snapshots that an exchange's website shows every few minutes.
 */
export function longestPause({ interval }: Span): number {
  return Math.max(2.5 * interval, 8 * MINUTE);
}
