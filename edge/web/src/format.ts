/**
 * How the figures of a product are written: every screen goes through here, so a figure looks the
 * same wherever it stands. Dates and durations that are no product's are in format-time. A value that is absent is written as a dash, never as 0.
 */
import type { Product, QuantityUnit } from './contract/types';
import { conventions, type Conventions } from './state/conventions';

/** What stands in the place of a value that is not known. */
export const MISSING = '–';

/** A value of the contract that may be absent; proto JSON leaves such a field out. */
export type Maybe<T> = T | null | undefined;

export type Direction = 'up' | 'down' | 'flat';

export const GLYPHS: Readonly<Record<Direction, string>> = { up: '▲', down: '▼', flat: '•' };

/** Which way a change points; absent when the change is. */
export function direction(change: Maybe<number>): Direction | undefined {
  if (change == null) return undefined;
  if (change === 0) return 'flat';
  return change > 0 ? 'up' : 'down';
}

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

type Write = (value: Maybe<number>) => string;

/** A writer of absent-able numbers, with a real minus sign so that signs have one width. */
function writer(locale: string, options: Intl.NumberFormatOptions): Write {
  const format = new Intl.NumberFormat(locale, options);
  return (value) => (value == null ? MISSING : format.format(value).replace('-', '−'));
}

/** The options of a writer that shows so many decimals, no fewer and no more. */
export function decimals(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** The writers of one product: its currency decides grouping, its tick size the decimals. */
export interface ProductFormat {
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
  /** An instant, in milliseconds, as the time of day at the exchange: "13:59:32 IST". */
  readonly time: Write;
  /** The same to the minute, where the zone is known: "13:59". */
  readonly minute: Write;
  /** The day of an instant at the exchange: "7 Aug". */
  readonly day: Write;
  /** Day and time of an instant at the exchange: "7 Aug, 13:59:32 IST". */
  readonly moment: Write;
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
    time: timeWriter(ownLocale, { timeZone, ...CLOCK, second: '2-digit', timeZoneName: 'short' }),
    minute: timeWriter(ownLocale, { timeZone, ...CLOCK }),
    day: timeWriter(ownLocale, { timeZone, ...DAY_OF_YEAR }),
    moment: timeWriter(ownLocale, {
      timeZone,
      ...DAY_OF_YEAR,
      ...CLOCK,
      second: '2-digit',
      timeZoneName: 'short',
    }),
  };
}

const CRORE = 10_000_000;

/** Few characters. Beyond a thousand crore people still say crore, where Intl says "KCr". */
function shortWriter(locale: string, options: Intl.NumberFormatOptions): Write {
  const four = { ...options, minimumFractionDigits: 0, maximumSignificantDigits: 4 } as const;
  const short = writer(locale, { ...four, notation: 'compact' });
  if (locale !== 'en-IN') return short;
  const crores = writer(locale, four);
  return (value) =>
    value != null && Math.abs(value) >= 1_000 * CRORE ? `${crores(value / CRORE)}Cr` : short(value);
}

/** A zone that this browser does not know is no reason to show nothing: times then say UTC. */
function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

/** Three figures are all that a ratio of sums can tell apart. */
function ratioWriter(locale: string): Write {
  const writers = [2, 1, 0].map((digits) => writer(locale, decimals(digits)));
  return (value) =>
    writers[Math.abs(value ?? 0) < 9.995 ? 0 : Math.abs(value ?? 0) < 99.95 ? 1 : 2]?.(value) ??
    MISSING;
}

const CLOCK = { hourCycle: 'h23', hour: '2-digit', minute: '2-digit' } as const;
const DAY_OF_YEAR = { day: 'numeric', month: 'short' } as const;

function timeWriter(locale: string, options: Intl.DateTimeFormatOptions): Write {
  const format = new Intl.DateTimeFormat(locale, options);
  return (instant) => (instant == null || Number.isNaN(instant) ? MISSING : format.format(instant));
}

/** A unit, and by what a figure of the source is multiplied to be in it. */
interface Counting {
  readonly unit: Maybe<QuantityUnit>;
  readonly factor: number;
}

/** How to count in the unit that is wanted; as the source does where it cannot be told. */
function countingIn(
  wanted: Conventions['unit'],
  { quantity_unit: unit, lot_size: lotSize }: Pick<Described, 'quantity_unit' | 'lot_size'>,
): Counting {
  if (lotSize == null) return { unit, factor: 1 };
  if (wanted === 'shares' && unit === 'QUANTITY_UNIT_CONTRACTS') {
    return { unit: 'QUANTITY_UNIT_SHARES', factor: lotSize };
  }
  if (wanted === 'contracts' && unit === 'QUANTITY_UNIT_SHARES') {
    return { unit: 'QUANTITY_UNIT_CONTRACTS', factor: 1 / lotSize };
  }
  return { unit, factor: 1 };
}

function scaled(factor: number, write: Write): Write {
  return factor === 1 ? write : (value) => write(value == null ? value : value * factor);
}

const UNIT_NAMES: Readonly<Record<QuantityUnit, string>> = {
  QUANTITY_UNIT_UNSPECIFIED: 'unit not stated',
  QUANTITY_UNIT_CONTRACTS: 'contracts',
  QUANTITY_UNIT_SHARES: 'shares',
};

/** What the source counts volume and open interest in, in words. What is written is `unit`. */
export function unitName(unit: Maybe<QuantityUnit>): string {
  return UNIT_NAMES[unit ?? 'QUANTITY_UNIT_UNSPECIFIED'];
}
