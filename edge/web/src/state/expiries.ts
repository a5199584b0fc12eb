/** The expiries of one product: ISO dates, ascending. */

/** Adds an expiry that was first seen on the wire; the same list where it is known already. */
export function withExpiry(expiries: readonly string[], expiry: string): readonly string[] {
  return expiries.includes(expiry) ? expiries : [...expiries, expiry].sort();
}

/** The nearest expiry that has not passed on `today`; the last one where all have. */
export function nearestExpiry(expiries: readonly string[], today: string): string | undefined {
  return expiries.find((expiry) => expiry >= today) ?? expiries.at(-1);
}

/** The expiry `step` places further on, stopping at either end. */
export function neighbourExpiry(
  expiries: readonly string[],
  expiry: string,
  step: number,
): string | undefined {
  const index = expiries.indexOf(expiry);
  if (index < 0) return undefined;
  return expiries[Math.min(Math.max(index + step, 0), expiries.length - 1)];
}
