/**
 * How the figures of a product are written: every screen goes through here, so a figure looks the
 * same wherever it stands. A value that is absent is written as a dash, never as 0.
 */
import type { Product } from '../contract/types';
import { conventions, type Conventions } from '../state/conventions';
import type { Maybe } from './absent';
import { instantFormat, knownZone, type InstantFormat } from './clock';
import { decimals, ratioWriter, scaled, shortWriter, writer, type Write } from './numbers';
import { countingIn, unitName } from './quantities';

/** Rupee markets group by lakh and crore; the rest by thousands. */
function localeOf(currency: string): string {
  return currency === 'INR' ? 'en-IN' : 'en-US';
}

const GROUPING_LOCALES: Readonly<Partial<Record<Conventions['grouping'], string>>> = {
  international: 'en-US',
  indian: 'en-IN',
};

/** How many decimals a price step of this size needs; two where the step is not known. */
function decimalsOf(tickSize: Maybe<number>): number {
  if (tickSize == null) return 2;
  const [mantissa = '', exponent] = tickSize.toExponential().split('e');
  const mantissaDecimals = mantissa.split('.')[1]?.length ?? 0;
  return Math.max(2, mantissaDecimals - Number(exponent));
}

/** The writers of one product: its currency decides grouping, its tick size the decimals. */
export interface ProductFormat extends InstantFormat {
  readonly locale: string;
  readonly timeZone: string;
  /** A price with its currency symbol: "₹24,623.45". */
  readonly money: Write;
  /** An amount of money in few characters: "₹3,455Cr", "$12.3M". */
  readonly shortMoney: Write;
  /** A price in a column whose currency is known: "24,623.45". */
  readonly price: Write;
  /** A price difference with its sign: "+12.40". */
  readonly priceChange: Write;
  /** A strike: no decimals that it does not have. */
  readonly strike: Write;
  /** What volumes and open interest are written in, in words: "contracts". */
  readonly unit: string;
  /** Volume or open interest, as the source counts it, in that unit: "1,23,45,678". */
  readonly quantity: Write;
  /** A change of volume or open interest with its sign. */
  readonly quantityChange: Write;
  /** A quantity in few characters: "1.23Cr" where the currency is INR, "12.3M" elsewhere. */
  readonly shortQuantity: Write;
  /** A put-call ratio: "0.87", "12.4", "186". */
  readonly ratio: Write;
  /** A fraction as percent: 0.0074 is "0.74%". */
  readonly percent: Write;
  /** A fraction as percent with its sign. */
  readonly percentChange: Write;
  /** A volatility, given as a fraction, in percent without the sign: "14.2". */
  readonly volatility: Write;
  /** A Greek of the order of one: delta. */
  readonly delta: Write;
  /** A Greek that is small: gamma. */
  readonly gamma: Write;
  /** A Greek in units of price: theta, vega. */
  readonly priceGreek: Write;
  /** A time in years: "0.02612". */
  readonly years: Write;
}

/** What of a product decides how its figures are written. */
export type Described = Pick<Product, 'currency' | 'time_zone'> &
  Partial<Pick<Product, 'tick_size' | 'lot_size' | 'quantity_unit'>>;

const formats = new Map<string, ProductFormat>();

/** What is assumed of a product before it is described: no currency, and the zone of the wire. */
const UNDESCRIBED: Described = { currency: '', time_zone: 'UTC' };

/** The writers of a product, or of one that is not described yet, by the page's conventions. */
export function productFormat(product: Described = UNDESCRIBED): ProductFormat {
  const { grouping, unit } = conventions.value;
  const { currency, time_zone, tick_size, lot_size, quantity_unit } = product;
  const key = [currency, time_zone, tick_size, lot_size, quantity_unit, grouping, unit].join(' ');
  const format = formats.get(key) ?? makeFormat(product, conventions.value);
  formats.set(key, format);
  return format;
}

function makeFormat(product: Described, { grouping, unit }: Conventions): ProductFormat {
  const { currency, time_zone, tick_size } = product;
  const ownLocale = localeOf(currency);
  const locale = GROUPING_LOCALES[grouping] ?? ownLocale;
  const timeZone = knownZone(time_zone);
  const counting = countingIn(unit, product);
  const priceDigits = decimals(decimalsOf(tick_size));
  const signed = { signDisplay: 'exceptZero' } as const;
  const percent = { style: 'percent', ...decimals(2) } as const;
  const volatility = writer(locale, decimals(1));
  return {
    locale,
    timeZone,
    money: writer(locale, { ...priceDigits, ...(currency && { style: 'currency', currency }) }),
    shortMoney: shortWriter(locale, currency ? { style: 'currency', currency } : {}),
    price: writer(locale, priceDigits),
    priceChange: writer(locale, { ...priceDigits, ...signed }),
    strike: writer(locale, { maximumFractionDigits: 4 }),
    unit: unitName(counting.unit),
    quantity: scaled(counting.factor, writer(locale, { maximumFractionDigits: 2 })),
    quantityChange: scaled(
      counting.factor,
      writer(locale, { maximumFractionDigits: 2, ...signed }),
    ),
    shortQuantity: scaled(counting.factor, shortWriter(locale, {})),
    ratio: ratioWriter(locale),
    percent: writer(locale, percent),
    percentChange: writer(locale, { ...percent, ...signed }),
    volatility: (fraction) => volatility(fraction == null ? undefined : fraction * 100),
    delta: writer(locale, decimals(3)),
    gamma: writer(locale, decimals(5)),
    priceGreek: writer(locale, decimals(2)),
    years: writer(locale, decimals(5)),
    ...instantFormat(ownLocale, timeZone),
  };
}
