import type { Arrival } from './arrivals';

/** A stretch of the way from the feed to the screen. */
export const STRETCHES = ['enrichment', 'delivery', 'page', 'whole'] as const;

export type Stretch = (typeof STRETCHES)[number];

/** How long one chain was under way, by stretch, in milliseconds. */
export type Journey = Readonly<Record<Stretch, number>> & {
  /** When it was drawn, by the local clock. */
  readonly drawnAt: number;
};

/** What is said of many durations: that half, 19 of 20 and 99 of 100 are no longer. Milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/**
 * How long an arrival was under way.
 *
 * Enrichment and page are differences of one clock each. Delivery, and with it the whole, compares
 * the server's clock with the local one, which is `offset` milliseconds ahead of it.
 */
export function journeyOf(arrival: Arrival, offset: number): Journey {
  const { publishedAt, processedAt, receivedAt, drawnAt } = arrival;
  return {
    enrichment: processedAt - publishedAt,
    delivery: receivedAt - offset - processedAt,
    page: drawnAt - receivedAt,
    whole: drawnAt - offset - publishedAt,
    drawnAt,
  };
}

/** The journeys of arrivals whose stamps are all stated. */
export function journeysOf(arrivals: readonly Arrival[], offset: number): readonly Journey[] {
  return arrivals
    .map((arrival) => journeyOf(arrival, offset))
    .filter((journey) => STRETCHES.every((stretch) => !Number.isNaN(journey[stretch])));
}

/** The value that this share of all values does not exceed (nearest rank); NaN where there is none. */
export function percentile(ascending: readonly number[], share: number): number {
  const rank = Math.ceil(share * ascending.length);
  return ascending[Math.max(rank, 1) - 1] ?? NaN;
}

/** The percentiles of a stretch; absent where nothing has arrived. */
export function percentilesOf(
  journeys: readonly Journey[],
  stretch: Stretch,
): Percentiles | undefined {
  if (journeys.length === 0) return undefined;
  const ascending = journeys.map((journey) => journey[stretch]).sort((a, b) => a - b);
  const at = (share: number): number => percentile(ascending, share);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** What was drawn within one second: the medians of the stretches, and the slowest of all. */
export interface LatencySecond {
  /** Seconds before now: 0 is the current one. */
  readonly ago: number;
  readonly count: number;
  /** Median of enrichment and delivery together; absent where nothing was drawn. */
  readonly mesh: number | undefined;
  readonly page: number | undefined;
  readonly slowest: number | undefined;
}

const SECOND = 1_000;

/** The last seconds, one by one, oldest first. */
export function bySecond(
  journeys: readonly Journey[],
  now: number,
  seconds: number,
): readonly LatencySecond[] {
  const buckets = new Map<number, Journey[]>();
  for (const journey of journeys) {
    const ago = Math.floor((now - journey.drawnAt) / SECOND);
    const bucket = buckets.get(ago) ?? [];
    bucket.push(journey);
    buckets.set(ago, bucket);
  }
  return Array.from({ length: seconds }, (_, at) => {
    const ago = seconds - 1 - at;
    return secondOf(ago, buckets.get(ago) ?? []);
  });
}

function secondOf(ago: number, journeys: readonly Journey[]): LatencySecond {
  const page = percentilesOf(journeys, 'page')?.p50;
  const meshes = journeys.map(({ whole, page: own }) => whole - own).sort((a, b) => a - b);
  const isNone = journeys.length === 0;
  return {
    ago,
    count: journeys.length,
    mesh: isNone ? undefined : percentile(meshes, 0.5),
    page,
    slowest: isNone ? undefined : Math.max(...journeys.map(({ whole }) => whole)),
  };
}
