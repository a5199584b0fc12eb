/** The common axis of a surface: ln(strike / forward), over what is quoted. */
import type { SurfaceSlice, VolatilitySurface } from '../contract/types';

/** How finely the surface is asked for: enough for a smooth line. */
const COLUMNS = 80;

/** An interval of ln(strike / forward). */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A surface, and the moneyness that the columns of its grid stand for. */
export interface SurfaceOnGrid {
  readonly surface: VolatilitySurface;
  readonly moneyness: readonly number[];
}

/** Where a smile is quoted; absent without a forward, or with fewer than two quotes. */
export function quotedRange({ strikes, forward }: SurfaceSlice): Interval | undefined {
  const low = strikes[0];
  const high = strikes.at(-1);
  if (forward == null || low === undefined || high === undefined || low === high) return undefined;
  return { low: Math.log(low / forward), high: Math.log(high / forward) };
}

/**
 * Evenly spaced moneyness over the quotes of all expiries. Empty where nothing is quoted.
 *
 * Its ends are rounded outwards, so that it stays the same while the forward moves a little.
 */
export function moneynessGrid(slices: readonly SurfaceSlice[]): readonly number[] {
  const ranges = slices.flatMap((slice) => quotedRange(slice) ?? []);
  if (ranges.length === 0) return [];
  const low = Math.min(...ranges.map((range) => range.low));
  const high = Math.max(...ranges.map((range) => range.high));
  const unit = 10 ** Math.floor(Math.log10((high - low) / 2)) / 2;
  const first = Math.floor(low / unit) * unit;
  const last = Math.ceil(high / unit) * unit;
  return Array.from({ length: COLUMNS + 1 }, (_, column) =>
    Number((first + ((last - first) * column) / COLUMNS).toFixed(8)),
  );
}

/** The fitted volatilities of one expiry; null outside its quotes, where a fit is a guess. */
export function fittedRow(
  { surface, moneyness }: SurfaceOnGrid,
  expiry: string,
): readonly (number | null)[] {
  const slice = surface.expiries.find((each) => each.expiry === expiry);
  const row = surface.grid.find((each) => each.expiry === expiry);
  const range = slice && quotedRange(slice);
  return moneyness.map((k, column) =>
    range !== undefined && range.low <= k && k <= range.high ? (row?.ivs[column] ?? null) : null,
  );
}

/** How far a strike lies from the forward, as a fraction of it. */
export function distanceOf(moneyness: number): number {
  return Math.expm1(moneyness);
}
