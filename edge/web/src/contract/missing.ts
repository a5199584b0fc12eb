import type { MissingReason } from './types';

const SENTENCES = {
  MISSING_REASON_UNSPECIFIED: 'Not available',
  MISSING_REASON_NO_CALL_OPEN_INTEREST: 'The calls have no open interest',
  MISSING_REASON_NO_CALL_VOLUME: 'The calls have no volume',
  MISSING_REASON_NO_OPEN_INTEREST: 'No strike has open interest',
  MISSING_REASON_NO_SPOT: 'The source does not state the price of the underlying',
  MISSING_REASON_NO_PAIR: 'No strike has both a call and a put',
  MISSING_REASON_NO_PRICE: 'No two-sided quote and no last price',
  MISSING_REASON_BELOW_INTRINSIC: 'The price is below intrinsic value',
  MISSING_REASON_ABOVE_MAXIMUM: 'The price is above the option’s maximum',
  MISSING_REASON_EXPIRED: 'The option has expired',
  MISSING_REASON_STALE: 'The price is too old',
  MISSING_REASON_CROSSED: 'The bid is above the ask',
  MISSING_REASON_ONE_SIDED: 'Only one side of the market is quoted',
  MISSING_REASON_OUTSIDE_RANGE: 'Outside the quoted range',
  MISSING_REASON_INSUFFICIENT_HISTORY: 'Too little history is stored',
  MISSING_REASON_NOT_CONVERGED: 'The solver did not converge',
  MISSING_REASON_INVALID_INPUT: 'The source sent no usable number',
  MISSING_REASON_NO_EXPIRY_TIME: 'The instant of expiry is not known',
  MISSING_REASON_NO_FORWARD: 'No pair of prices and no spot price give a forward',
  MISSING_REASON_NO_CONTRACT_SIZE: 'The source does not state the size of a contract',
  MISSING_REASON_NO_IMPLIED_VOLATILITY: 'There is no implied volatility to compute it from',
  MISSING_REASON_NO_OPEN_INTEREST_ON_SIDE: 'That side has no open interest',
  MISSING_REASON_NO_SIGN_CHANGE: 'The net exposure keeps its sign at all prices tried',
  MISSING_REASON_WIDE: 'The bid and the ask are too far apart',
} satisfies Readonly<Record<MissingReason, string>>;

const NOT_STATED = SENTENCES.MISSING_REASON_UNSPECIFIED;

/** Why a figure is absent, for people. A reason newer than this page reads as not stated. */
export function missingSentence(reason: string | undefined): string {
  return Object.entries(SENTENCES).find(([name]) => name === reason)?.[1] ?? NOT_STATED;
}
