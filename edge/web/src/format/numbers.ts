/** How numbers are written in a locale. */
import { MISSING, type Maybe } from './absent';

/** Writes a number; an absent one as a dash. */
export type Write = (value: Maybe<number>) => string;

/** A writer of absent-able numbers, with a real minus sign so that signs have one width. */
export function writer(locale: string, options: Intl.NumberFormatOptions): Write {
  const format = new Intl.NumberFormat(locale, options);
  return (value) => (value == null ? MISSING : format.format(value).replace('-', '−'));
}

/** The options of a writer that shows so many decimals, no fewer and no more. */
export function decimals(digits: number): Intl.NumberFormatOptions {
  return { minimumFractionDigits: digits, maximumFractionDigits: digits };
}

const CRORE = 10_000_000;

/** Few characters. Beyond a thousand crore people still say crore, where Intl says "KCr". */
export function shortWriter(locale: string, options: Intl.NumberFormatOptions): Write {
  const four = { ...options, minimumFractionDigits: 0, maximumSignificantDigits: 4 } as const;
  const short = writer(locale, { ...four, notation: 'compact' });
  if (locale !== 'en-IN') return short;
  const crores = writer(locale, four);
  return (value) =>
    value != null && Math.abs(value) >= 1_000 * CRORE ? `${crores(value / CRORE)}Cr` : short(value);
}

/** Three figures are all that a ratio of sums can tell apart. */
export function ratioWriter(locale: string): Write {
  const writers = [2, 1, 0].map((digits) => writer(locale, decimals(digits)));
  return (value) =>
    writers[Math.abs(value ?? 0) < 9.995 ? 0 : Math.abs(value ?? 0) < 99.95 ? 1 : 2]?.(value) ??
    MISSING;
}

/** Writes a figure times a factor. */
export function scaled(factor: number, write: Write): Write {
  return factor === 1 ? write : (value) => write(value == null ? value : value * factor);
}
