import { putCallRatio, type Strike } from '../chain/ladder';
import type { Explanation } from './explanation';
import { explanationOf, NOT_STATED, quantityConvention, type ChainSubject } from './subject';

/** The put-call ratio of one strike. */
export function explainStrike(strike: Strike, subject: ChainSubject): Explanation {
  const { format } = subject;
  const [calls, puts] = [strike.call?.leg.open_interest, strike.put?.leg.open_interest];
  return explanationOf(
    subject,
    `Put-call ratio of open interest, ${format.strike(strike.strike)}`,
    format.ratio(putCallRatio(strike)),
    {
      missing: calls === 0 ? 'The call has no open interest to divide by' : NOT_STATED,
      formula: 'open interest of the put ÷ open interest of the call',
      inputs: [
        ['Open interest of the put', format.quantity(puts)],
        ['Open interest of the call', format.quantity(calls)],
      ],
      convention: `Of this strike alone. ${quantityConvention(subject)}`,
    },
  );
}
