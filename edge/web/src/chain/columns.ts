/** The columns of one side of the chain. The other side mirrors them. */
import type { OptionLeg } from '../contract/types';
import { direction, type Direction, type ProductFormat } from '../format';
import type { Mode } from '../state/place';

export type ColumnId =
  | 'open_interest'
  | 'change_in_open_interest'
  | 'volume'
  | 'bid'
  | 'ask'
  | 'last'
  | 'iv'
  | 'delta'
  | 'gamma'
  | 'theta'
  | 'vega';

export interface Column {
  readonly id: ColumnId;
  readonly heading: string;
  /** The heading in full, with its unit. */
  readonly title: string;
  /** Share of the width, and the least width in pixels at which it can be read. */
  readonly width: number;
  /** Which columns stay when the room gets narrow: the smallest rank stays longest. */
  readonly rank: Readonly<Record<Mode, number | undefined>>;
  readonly write: (leg: OptionLeg, format: ProductFormat) => string;
  /** The value whose sign colours the cell. */
  readonly sign?: (leg: OptionLeg) => Direction | undefined;
}

/** From the outer edge to the strike. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'open_interest',
    heading: 'OI',
    title: 'Open interest',
    width: 86,
    rank: { price: 2, greeks: 4 },
    write: (leg, format) => format.quantity(leg.open_interest),
  },
  {
    id: 'change_in_open_interest',
    heading: 'Chg OI',
    title: 'Change in open interest since the previous close',
    width: 88,
    rank: { price: 5, greeks: undefined },
    write: (leg, format) => format.quantityChange(leg.change_in_open_interest),
    sign: (leg) => direction(leg.change_in_open_interest),
  },
  {
    id: 'volume',
    heading: 'Volume',
    title: 'Volume traded today',
    width: 88,
    rank: { price: 6, greeks: undefined },
    write: (leg, format) => format.quantity(leg.volume),
  },
  {
    id: 'bid',
    heading: 'Bid',
    title: 'Best bid price',
    width: 68,
    rank: { price: 3, greeks: undefined },
    write: (leg, format) => format.price(leg.bid),
  },
  {
    id: 'ask',
    heading: 'Ask',
    title: 'Best ask price',
    width: 68,
    rank: { price: 4, greeks: undefined },
    write: (leg, format) => format.price(leg.ask),
  },
  {
    id: 'last',
    heading: 'Last',
    title: 'Price of the last trade',
    width: 66,
    rank: { price: 1, greeks: 1 },
    write: (leg, format) => format.price(leg.last),
  },
  {
    id: 'iv',
    heading: 'IV %',
    title: 'Implied volatility, percent a year',
    width: 46,
    rank: { price: undefined, greeks: 2 },
    write: (leg, format) => format.volatility(leg.iv),
  },
  {
    id: 'delta',
    heading: 'Delta',
    title: 'Delta: change of the price per 1 of the underlying',
    width: 50,
    rank: { price: undefined, greeks: 3 },
    write: (leg, format) => format.delta(leg.delta),
  },
  {
    id: 'gamma',
    heading: 'Gamma',
    title: 'Gamma: change of delta per 1 of the underlying',
    width: 70,
    rank: { price: undefined, greeks: 7 },
    write: (leg, format) => format.gamma(leg.gamma),
  },
  {
    id: 'theta',
    heading: 'Theta',
    title: 'Theta: change of the price per calendar day',
    width: 64,
    rank: { price: undefined, greeks: 5 },
    write: (leg, format) => format.priceGreek(leg.theta),
  },
  {
    id: 'vega',
    heading: 'Vega',
    title: 'Vega: change of the price per volatility point',
    width: 60,
    rank: { price: undefined, greeks: 6 },
    write: (leg, format) => format.priceGreek(leg.vega),
  },
];

/** The columns that count contracts; bars of open interest lie behind them. */
export const COUNTING_COLUMNS: ReadonlySet<ColumnId> = new Set([
  'open_interest',
  'change_in_open_interest',
  'volume',
]);

/** Least and comfortable width of the strike's own column, in pixels. */
export const STRIKE_WIDTH = { narrow: 64, wide: 164 } as const;

/** From this width on, in pixels, the strike column has room for its markers. */
export const WIDE_FROM = 720;

/**
 * The columns of a mode that can be read side by side, mirrored, in a width in pixels.
 *
 * They come in the order of the table; the ones of the best rank are taken first, and one that
 * does not fit ends the taking, so that a narrower page shows a subset of a wider one.
 */
export function columnsThatFit(mode: Mode, width: number): readonly Column[] {
  const strike = width >= WIDE_FROM ? STRIKE_WIDTH.wide : STRIKE_WIDTH.narrow;
  let room = (width - strike) / 2;
  const chosen = new Set<Column>();
  for (const column of ranked(mode)) {
    room -= column.width;
    if (room < 0 && chosen.size > 0) break;
    chosen.add(column);
  }
  return COLUMNS.filter((column) => chosen.has(column));
}

function ranked(mode: Mode): readonly Column[] {
  return COLUMNS.filter(({ rank }) => rank[mode] !== undefined).toSorted(
    (a, b) => (a.rank[mode] ?? 0) - (b.rank[mode] ?? 0),
  );
}
