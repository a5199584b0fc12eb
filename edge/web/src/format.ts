/**
 * How numbers and times are written: every screen goes through here, so a figure looks the same
 * wherever it stands. A value that is absent is written as a dash, never as 0.
 */
import type { Product, QuantityUnit } from './contract/types';

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

function decimals(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

/** The writers of one product: its currency decides grouping, its tick size the decimals. */
export interface ProductFormat {
  readonly locale: string;
  readonly timeZone: string;
  /** A price with its currency symbol: "₹24,623.45". */
  readonly money: Write;
  /** A price in a column whose currency is known: "24,623.45". */
  readonly price: Write;
  /** A price difference with its sign: "+12.40". */
  readonly priceChange: Write;
  /** A strike: no decimals that it does not have. */
  readonly strike: Write;
  /** Volume or open interest: "1,23,45,678". */
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
  /** An instant, in milliseconds, as the time of day at the exchange: "13:59:32 IST". */
  readonly time: Write;
}

type Conventions = Pick<Product, 'currency' | 'time_zone' | 'tick_size'>;

const formats = new Map<string, ProductFormat>();

/** What is assumed of a product before it is described: no currency, and the zone of the wire. */
const UNDESCRIBED: Conventions = { currency: '', time_zone: 'UTC' };

/** The writers of a product, or of one that is not described yet. */
export function productFormat(product?: Conventions): ProductFormat {
  const conventions = product ?? UNDESCRIBED;
  const { currency, time_zone, tick_size } = conventions;
  const key = `${currency} ${time_zone} ${tick_size ?? ''}`;
  const format = formats.get(key) ?? makeFormat(conventions);
  formats.set(key, format);
  return format;
}

function makeFormat({ currency, time_zone, tick_size }: Conventions): ProductFormat {
  const locale = localeOf(currency);
  const timeZone = knownZone(time_zone);
  const priceDigits = decimals(decimalsOf(tick_size));
  const signed = { signDisplay: 'exceptZero' } as const;
  const percent = { style: 'percent', ...decimals(2) } as const;
  const volatility = writer(locale, decimals(1));
  return {
    locale,
    timeZone,
    money: writer(locale, { ...priceDigits, ...(currency && { style: 'currency', currency }) }),
    price: writer(locale, priceDigits),
    priceChange: writer(locale, { ...priceDigits, ...signed }),
    strike: writer(locale, { maximumFractionDigits: 4 }),
    quantity: writer(locale, { maximumFractionDigits: 2 }),
    quantityChange: writer(locale, { maximumFractionDigits: 2, ...signed }),
    shortQuantity: writer(locale, { notation: 'compact', maximumSignificantDigits: 4 }),
    ratio: ratioWriter(locale),
    percent: writer(locale, percent),
    percentChange: writer(locale, { ...percent, ...signed }),
    volatility: (fraction) => volatility(fraction == null ? undefined : fraction * 100),
    delta: writer(locale, decimals(3)),
    gamma: writer(locale, decimals(5)),
    priceGreek: writer(locale, decimals(2)),
    time: timeWriter(locale, timeZone),
  };
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

function timeWriter(locale: string, timeZone: string): Write {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  });
  return (instant) => (instant == null || Number.isNaN(instant) ? MISSING : format.format(instant));
}

const UNIT_NAMES: Readonly<Record<QuantityUnit, string>> = {
  QUANTITY_UNIT_UNSPECIFIED: 'unit not stated',
  QUANTITY_UNIT_CONTRACTS: 'contracts',
  QUANTITY_UNIT_SHARES: 'shares',
};

/** What volume and open interest count, in words. */
export function unitName(unit: Maybe<QuantityUnit>): string {
  return UNIT_NAMES[unit ?? 'QUANTITY_UNIT_UNSPECIFIED'];
}

/** The calendar date at the exchange, YYYY-MM-DD. */
export function exchangeDate(instant: number, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(instant);
}

/** A calendar date, YYYY-MM-DD, for people: "Thu, 7 Aug 2025". It has no zone. */
export function calendarDate(isoDate: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).format(new Date(isoDate));
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, in its largest unit: "0.4 s", "12 s", "3 min". `elapsed` is in milliseconds. */
export function age(elapsed: Maybe<number>): string {
  if (elapsed == null) return MISSING;
  const shown = Math.max(0, elapsed);
  if (shown < 10 * SECOND) return `${(shown / SECOND).toFixed(1)} s`;
  if (shown < 2 * MINUTE) return `${Math.floor(shown / SECOND)} s`;
  if (shown < 2 * HOUR) return `${Math.floor(shown / MINUTE)} min`;
  if (shown < 2 * DAY) return `${Math.floor(shown / HOUR)} h`;
  return `${Math.floor(shown / DAY)} d`;
}

/** How long is left, in its two largest units: "2 d 1 h", "45 min". Milliseconds. */
export function remaining(left: Maybe<number>): string {
  if (left == null) return MISSING;
  if (left <= 0) return 'expired';
  const days = Math.floor(left / DAY);
  const hours = Math.floor((left % DAY) / HOUR);
  const minutes = Math.floor((left % HOUR) / MINUTE);
  if (days >= 100) return `${days} d`;
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : '< 1 min';
}
