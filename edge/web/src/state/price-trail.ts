import type { UnderlyingTick } from '../contract/types';

/** One price of an underlying. */
export interface PricePoint {
  /** Exchange time, milliseconds since the epoch. */
  readonly at: number;
  readonly price: number;
}

/** The recent prices of an underlying, oldest first, at most one a second. Never empty. */
export type PriceTrail = readonly PricePoint[];

/** Five minutes at one point a second. */
export const LONGEST_TRAIL = 300;

const SECOND = 1000;

function sameSecond(one: PricePoint, other: PricePoint): boolean {
  return Math.floor(one.at / SECOND) === Math.floor(other.at / SECOND);
}

/**
 * Adds the newest price; a later price within the same second replaces the earlier one.
 *
 * Where time steps back, a replay has begun again, and so does the trail.
 */
export function extendTrail(trail: PriceTrail | undefined, point: PricePoint): PriceTrail {
  const last = trail?.at(-1);
  if (trail === undefined || last === undefined || point.at < last.at) return [point];
  const kept = sameSecond(last, point) ? trail.slice(0, -1) : trail;
  return [...kept, point].slice(-LONGEST_TRAIL);
}

/** Puts stored ticks, newest first as listed, before what has arrived live since. */
export function prependHistory(
  trail: PriceTrail | undefined,
  ticks: readonly Pick<UnderlyingTick, 'price' | 'timestamp'>[],
): PriceTrail | undefined {
  const firstLive = trail?.[0]?.at ?? Infinity;
  const past = ticks
    .map((tick) => ({ at: Date.parse(tick.timestamp), price: tick.price }))
    .filter((point) => point.at < firstLive)
    .reverse();
  return [...past, ...(trail ?? [])].reduce<PriceTrail | undefined>(extendTrail, undefined);
}

/** How far the price has come since the oldest point of the trail. */
export interface Move {
  readonly change: number;
  /** The change as a fraction of the oldest price. */
  readonly fraction: number;
  /** Exchange time of the oldest point, milliseconds. */
  readonly since: number;
}

/** The move over a trail; absent where the trail has a single point. */
export function moveOver(trail: PriceTrail): Move | undefined {
  const first = trail[0];
  const last = trail.at(-1);
  if (first === undefined || last === undefined || first === last) return undefined;
  const change = last.price - first.price;
  return { change, fraction: change / first.price, since: first.at };
}
