/** A figure over time, kept up to date by what arrives: pure, without a page. */

/** Something that was true at an instant, in milliseconds since the epoch. */
export interface Dated {
  readonly at: number;
}

/** How far back somebody looks, and how finely. */
export interface Span {
  /** Milliseconds; absent for all there is. */
  readonly length?: number;
  /** Milliseconds from one point to the next. */
  readonly interval: number;
}

/**
 * What is stored, and after it what has arrived since: the last point of each interval, as the
 * server thins a series, and none that is older than the span.
 */
export function continued<Point extends Dated>(
  stored: readonly Point[],
  arrived: readonly Point[],
  { length = Infinity, interval }: Span,
): readonly Point[] {
  const storedLast = stored.at(-1)?.at ?? -Infinity;
  const all = [...stored, ...arrived.filter(({ at }) => at > storedLast)];
  const newest = all.at(-1)?.at ?? 0;
  const intervalOf = ({ at }: Point): number => Math.floor(at / interval);
  return all.filter((point, index) => {
    const next = all[index + 1];
    const isLast = next === undefined || intervalOf(next) !== intervalOf(point);
    return isLast && point.at >= newest - length;
  });
}

/** The points with a hole wherever more than so many milliseconds pass between two of them. */
export function withGaps<Point extends Dated>(
  points: readonly Point[],
  longest: number,
): readonly (Point | { readonly at: number })[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1];
    if (before === undefined || point.at - before.at <= longest) return [point];
    return [{ at: (before.at + point.at) / 2 }, point];
  });
}

/** Adds a point that is newer than all; any other changes nothing. Keeps so many at most. */
export function appended<Point extends Dated>(
  points: readonly Point[],
  point: Point,
  most: number,
): readonly Point[] {
  const last = points.at(-1);
  if (last !== undefined && point.at <= last.at) return points;
  return [...points, point].slice(-most);
}
