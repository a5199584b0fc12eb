import { calendarDate } from '../format/durations';

/** Expiries where there is little room: "7 Aug", or "7 Aug 2025" where they are of several years. */
export function expiryNames(expiries: readonly string[]): readonly string[] {
  const areOfOneYear = new Set(expiries.map((expiry) => expiry.slice(0, 4))).size < 2;
  return expiries.map((expiry) => {
    const [, date = ''] = calendarDate(expiry).split(', ');
    return areOfOneYear ? date.replace(/ \d{4}$/, '') : date;
  });
}
