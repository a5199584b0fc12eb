/** The surface as quadrilaterals in a box, before anybody looks at it. */
import { fittedRow, type SurfaceOnGrid } from '../moneyness';
import { roundStep } from '../ticks';
import { BOX, type Point } from './box';

/** As many quadrilaterals as a paint has time for, and as many of them across and away. */
const MOST_QUADS = 660;
const MOST_COLUMNS = 40;
const MOST_BANDS = 16;

export interface Quad {
  readonly corners: readonly [Point, Point, Point, Point];
  /** The mean volatility of its corners, as a fraction of the range. */
  readonly height: number;
}

/** Where the figures of an axis stand in the box. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly place: (value: number) => number;
}

export interface Mesh {
  readonly quads: readonly Quad[];
  /** ln(strike / forward). */
  readonly moneyness: Scale;
  /** The root of the years to expiry, by which volatility spreads. */
  readonly rootTime: Scale;
  readonly volatility: Scale;
  readonly expiries: readonly { readonly expiry: string; readonly rootTime: number }[];
}

/** One line of the surface across all moneyness. */
interface Line {
  readonly years: number;
  readonly volatilities: readonly (number | null)[];
}

/** Builds the surface; absent where fewer than two expiries are fitted. */
export function meshOf(fitted: SurfaceOnGrid): Mesh | undefined {
  const lines = fitted.surface.grid.map((row) => ({
    expiry: row.expiry,
    years: row.years_to_expiry,
    volatilities: fittedRow(fitted, row.expiry),
  }));
  const known = lines.flatMap((line) => line.volatilities).filter((iv) => iv !== null);
  const [first] = lines;
  const last = lines.at(-1);
  if (first === undefined || last === undefined || first === last || known.length === 0) {
    return undefined;
  }
  const moneyness = scaleOf(fitted.moneyness[0] ?? 0, fitted.moneyness.at(-1) ?? 0, BOX[0]);
  const rootTime = scaleOf(Math.sqrt(first.years), Math.sqrt(last.years), BOX[1]);
  const volatility = roundScale(Math.min(...known), Math.max(...known), BOX[2]);
  const columns = everyColumn(fitted.moneyness.length, lines.length - 1);
  const dense = withLinesBetween(lines);
  const points = dense.map(({ years, volatilities }) =>
    columns.map((column): Point | null => {
      const iv = volatilities[column];
      if (iv == null) return null;
      const k = fitted.moneyness[column] ?? 0;
      return [moneyness.place(k), rootTime.place(Math.sqrt(years)), volatility.place(iv)];
    }),
  );
  return {
    quads: quadsOf(points),
    moneyness,
    rootTime,
    volatility,
    expiries: lines.map(({ expiry, years }) => ({ expiry, rootTime: Math.sqrt(years) })),
  };
}

function scaleOf(low: number, high: number, half: number): Scale {
  return { low, high, place: (value) => half * ((2 * (value - low)) / (high - low || 1) - 1) };
}

/** A scale whose ends are round, so that its lowest and highest labels stand at its ends. */
function roundScale(low: number, high: number, half: number): Scale {
  const step = roundStep(Math.max(high - low, 1e-3) / 4);
  return scaleOf(Math.floor(low / step) * step, Math.ceil(high / step) * step, half);
}

/** The columns to draw: about as many as make quadrilaterals that are not slivers. */
function everyColumn(count: number, bands: number): readonly number[] {
  const most = Math.min(MOST_COLUMNS, Math.floor(MOST_QUADS / bands));
  const stride = Math.max(1, Math.ceil((count - 1) / most));
  const columns = Array.from({ length: count }, (_, column) => column);
  return columns.filter((column) => column % stride === 0);
}

/** Adds lines between those of the expiries, linear in total variance at each moneyness. */
function withLinesBetween(lines: readonly Line[]): readonly Line[] {
  const each = Math.max(1, Math.floor(MOST_BANDS / (lines.length - 1)));
  return lines.flatMap((far, at) => {
    const near = lines[at - 1];
    if (near === undefined) return [far];
    return Array.from({ length: each }, (_, step) => lineBetween(near, far, (step + 1) / each));
  });
}

function lineBetween(near: Line, far: Line, share: number): Line {
  if (share === 1) return far;
  // Evenly in the root of time, as they are drawn.
  const root = Math.sqrt(near.years) + share * (Math.sqrt(far.years) - Math.sqrt(near.years));
  const years = root ** 2;
  const weight = (years - near.years) / (far.years - near.years);
  return {
    years,
    volatilities: near.volatilities.map((iv, column) => {
      const other = far.volatilities[column];
      if (iv === null || other == null) return null;
      const variance = (1 - weight) * iv ** 2 * near.years + weight * other ** 2 * far.years;
      return Math.sqrt(variance / years);
    }),
  };
}

/** The quadrilaterals all of whose corners are known. */
function quadsOf(points: readonly (readonly (Point | null)[])[]): readonly Quad[] {
  return points.slice(1).flatMap((far, band) =>
    far.slice(1).flatMap((farRight, column) => {
      const near = points[band] ?? [];
      const corners = [near[column], near[column + 1], farRight, far[column]] as const;
      const [a, b, c, d] = corners;
      if (a == null || b == null || c == null || d == null) return [];
      const mean = (a[2] + b[2] + c[2] + d[2]) / 4;
      return [{ corners: [a, b, c, d] as const, height: (mean + BOX[2]) / (2 * BOX[2]) }];
    }),
  );
}
