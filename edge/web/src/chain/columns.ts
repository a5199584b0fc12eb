/** The columns of one side of the chain. The other side mirrors them. */
import type { Buildup, OptionLeg } from '../contract/types';
import { direction } from '../format/direction';
import type { ProductFormat } from '../format/product-format';
import { buildupMark } from './buildup';

/** A column shows the field of the leg that it is named by. */
export type ColumnId = keyof Pick<
  OptionLeg,
  | 'open_interest'
  | 'change_in_open_interest'
  | 'buildup'
  | 'volume'
  | 'bid'
  | 'ask'
  | 'last'
  | 'iv'
  | 'delta'
  | 'gamma'
  | 'theta'
  | 'vega'
  | 'rho'
  | 'vanna'
  | 'volga'
  | 'charm'
>;

export interface Column {
  readonly id: ColumnId;
  readonly name: string;
  /** The name where there is little room. */
  readonly heading: string;
  /** What it is, with its unit. */
  readonly title: string;
  /** The least width in pixels at which it can be read. */
  readonly width: number;
  readonly write: (leg: OptionLeg, format: ProductFormat) => string;
  /** The class that colours the cell and gives it its glyph. */
  readonly look?: (leg: OptionLeg) => string | undefined;
  /** What a figure says in full, where it is an abbreviation. */
  readonly spell?: (leg: OptionLeg) => string | undefined;
}

/** From the outer edge to the strike. */
export const COLUMNS: readonly Column[] = [
  {
    id: 'open_interest',
    name: 'Open interest',
    heading: 'OI',
    title: 'Open interest',
    width: 86,
    write: (leg, format) => format.quantity(leg.open_interest),
  },
  {
    id: 'change_in_open_interest',
    name: 'Change in open interest',
    heading: 'Chg OI',
    title: 'Change in open interest since the previous close',
    width: 88,
    write: (leg, format) => format.quantityChange(leg.change_in_open_interest),
    look: (leg) => direction(leg.change_in_open_interest),
  },
  {
    id: 'buildup',
    name: 'Build-up',
    heading: 'Bld',
    title: 'Build-up: what traders did, by the changes of price and of open interest',
    width: 46,
    write: (leg) => buildupMark(leg.buildup).tag,
    look: (leg) => classOf(leg.buildup),
    spell: (leg) => buildupMark(leg.buildup).name,
  },
  {
    id: 'volume',
    name: 'Volume',
    heading: 'Volume',
    title: 'Volume traded today',
    width: 88,
    write: (leg, format) => format.quantity(leg.volume),
  },
  {
    id: 'bid',
    name: 'Bid',
    heading: 'Bid',
    title: 'Best bid price',
    width: 68,
    write: (leg, format) => format.price(leg.bid),
  },
  {
    id: 'ask',
    name: 'Ask',
    heading: 'Ask',
    title: 'Best ask price',
    width: 68,
    write: (leg, format) => format.price(leg.ask),
  },
  {
    id: 'last',
    name: 'Last price',
    heading: 'Last',
    title: 'Price of the last trade',
    width: 64,
    write: (leg, format) => format.price(leg.last),
  },
  {
    id: 'iv',
    name: 'Implied volatility',
    heading: 'IV %',
    title: 'Implied volatility, percent a year',
    width: 40,
    write: (leg, format) => format.volatility(leg.iv),
  },
  {
    id: 'delta',
    name: 'Delta',
    heading: 'Delta',
    title: 'Delta: change of the price per 1 of the underlying',
    width: 58,
    write: (leg, format) => format.delta(leg.delta),
  },
  {
    id: 'gamma',
    name: 'Gamma',
    heading: 'Gamma',
    title: 'Gamma: change of delta per 1 of the underlying',
    width: 70,
    write: (leg, format) => format.gamma(leg.gamma),
  },
  {
    id: 'theta',
    name: 'Theta',
    heading: 'Theta',
    title: 'Theta: change of the price per calendar day',
    width: 64,
    write: (leg, format) => format.priceGreek(leg.theta),
  },
  {
    id: 'vega',
    name: 'Vega',
    heading: 'Vega',
    title: 'Vega: change of the price per volatility point',
    width: 60,
    write: (leg, format) => format.priceGreek(leg.vega),
  },
  {
    id: 'rho',
    name: 'Rho',
    heading: 'Rho',
    title: 'Rho: change of the price per 1 % of interest rate',
    width: 56,
    write: (leg, format) => format.priceGreek(leg.rho),
  },
  {
    id: 'vanna',
    name: 'Vanna',
    heading: 'Vanna',
    title: 'Vanna: change of delta per volatility point',
    width: 76,
    write: (leg, format) => format.gamma(leg.vanna),
  },
  {
    id: 'volga',
    name: 'Volga',
    heading: 'Volga',
    title: 'Volga: change of vega per volatility point',
    width: 60,
    write: (leg, format) => format.priceGreek(leg.volga),
  },
  {
    id: 'charm',
    name: 'Charm',
    heading: 'Charm',
    title: 'Charm: change of delta per calendar day',
    width: 76,
    write: (leg, format) => format.gamma(leg.charm),
  },
];

/** The outermost columns; bars of open interest lie behind them. */
export const OUTER_COLUMNS: ReadonlySet<ColumnId> = new Set([
  'open_interest',
  'change_in_open_interest',
  'buildup',
  'volume',
]);

/** The columns that follow from the implied volatility, and are missing where it is. */
export const VOLATILITY_COLUMNS: ReadonlySet<ColumnId> = new Set([
  'iv',
  'delta',
  'gamma',
  'theta',
  'vega',
  'rho',
  'vanna',
  'volga',
  'charm',
]);

/** "BUILDUP_LONG_BUILDUP" is styled as "long-buildup". */
function classOf(buildup: Buildup): string {
  return buildup.replace('BUILDUP_', '').replace('_', '-').toLowerCase();
}
