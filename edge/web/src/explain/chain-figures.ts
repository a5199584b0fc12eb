/** What stands behind the figures of a chain as a whole. */
import type { EnrichedChain } from '../contract/types';
import { MISSING } from '../format/absent';
import { calendarDate, remaining } from '../format/durations';
import type { Explanation } from './explanation';
import { parityInputs } from './parity';
import {
  basisName,
  explanationOf,
  forwardInput,
  note,
  quantityConvention,
  rateInput,
  reasonOf,
  timeConvention,
  timeOf,
  yearsInput,
  type ChainSubject,
  type Grounds,
} from './subject';

/** The figures that have an explanation here. */
export type ChainFigure =
  | 'forward'
  | 'atm_strike'
  | 'atm_straddle_price'
  | 'expected_move'
  | 'pcr_oi'
  | 'pcr_volume'
  | 'max_pain_strike'
  | 'atm_iv'
  | 'years_to_expiry';

interface Builder {
  readonly heading: string;
  readonly write: (subject: ChainSubject) => string;
  readonly grounds: (subject: ChainSubject) => Omit<Grounds, 'missing'>;
}

/** Explains a figure of the chain itself. */
export function explainChain(figure: ChainFigure, subject: ChainSubject): Explanation {
  const { heading, write, grounds } = BUILDERS[figure];
  const { product, expiry } = subject.chain;
  return explanationOf(subject, `${heading}, ${product} ${calendarDate(expiry)}`, write(subject), {
    ...grounds(subject),
    missing: reasonOf(subject.chain, figure),
  });
}

const BUILDERS: Readonly<Record<ChainFigure, Builder>> = {
  forward: {
    heading: 'Forward price',
    write: ({ chain, format }) => format.price(chain.forward),
    grounds: forwardGrounds,
  },
  atm_strike: {
    heading: 'Strike at the money',
    write: ({ chain, format }) => format.strike(chain.atm_strike),
    grounds: ({ chain, format }) => ({
      formula: 'the listed strike K with a call and a put for which |K − S| is least',
      inputs: [
        ['S, spot', format.price(chain.spot_price)],
        ['Nearest to the forward instead', format.strike(chain.atm_forward_strike)],
      ],
      convention: 'The lower of two strikes that are equally near.',
    }),
  },
  atm_straddle_price: {
    heading: 'Straddle at the money',
    write: ({ chain, format }) => format.price(chain.atm_straddle_price),
    grounds: ({ chain, format }) => ({
      formula: 'price of the call + price of the put, both at the strike at the money',
      inputs: [
        ['Strike', format.strike(chain.atm_strike)],
        ['Call', format.price(chain.atm_call_price)],
        ['Put', format.price(chain.atm_put_price)],
        ['Prices used', basisName(chain.atm_straddle_basis) ?? MISSING],
      ],
      convention: 'The middle of bid and ask, else the last price.',
    }),
  },
  expected_move: {
    heading: 'Expected move',
    write: ({ chain, format }) => format.price(chain.expected_move),
    grounds: moveGrounds,
  },
  pcr_oi: {
    heading: 'Put-call ratio of open interest',
    write: ({ chain, format }) => format.ratio(chain.pcr_oi),
    grounds: (subject) => ({
      formula: 'total open interest of the puts ÷ total open interest of the calls',
      inputs: [
        ['Open interest of the puts', subject.format.quantity(subject.chain.total_put_oi)],
        ['Open interest of the calls', subject.format.quantity(subject.chain.total_call_oi)],
      ],
      convention: `Over all listed strikes of the expiry. ${quantityConvention(subject)}`,
    }),
  },
  pcr_volume: {
    heading: 'Put-call ratio of volume',
    write: ({ chain, format }) => format.ratio(chain.pcr_volume),
    grounds: (subject) => ({
      formula: 'total volume of the puts ÷ total volume of the calls',
      inputs: [
        ['Volume of the puts', subject.format.quantity(subject.chain.total_put_volume)],
        ['Volume of the calls', subject.format.quantity(subject.chain.total_call_volume)],
      ],
      convention: `Today’s volume over all listed strikes of the expiry. ${quantityConvention(subject)}`,
    }),
  },
  max_pain_strike: {
    heading: 'Max pain',
    write: ({ chain, format }) => format.strike(chain.max_pain_strike),
    grounds: painGrounds,
  },
  atm_iv: {
    heading: 'Volatility at the money',
    write: ({ chain, format }) =>
      chain.atm_iv == null ? MISSING : `${format.volatility(chain.atm_iv)} %`,
    grounds: (subject) => ({
      formula:
        'the implied volatility at the forward: σ² · T is interpolated over ln K between the two strikes beside it',
      inputs: [
        forwardInput(subject),
        ['Strike nearest to the forward', subject.format.strike(subject.chain.atm_forward_strike)],
        yearsInput(subject),
        ['Prices used', basisName(subject.chain.price_basis) ?? MISSING],
      ],
      convention: `Percent a year. ${timeConvention(subject.chain)}`,
    }),
  },
  years_to_expiry: {
    heading: 'Time to expiry',
    write: ({ chain }) => timeToExpiry(chain),
    grounds: (subject) => ({
      formula: 'instant of expiry − the exchange’s time of the chain',
      inputs: [
        ['Instant of expiry', subject.format.moment(Date.parse(subject.chain.expires_at ?? ''))],
        ['Time of the chain', subject.format.moment(Date.parse(subject.chain.timestamp))],
        yearsInput(subject),
      ],
      convention: `Measured from the chain’s own time, so that it holds for a replay, too. ${timeConvention(subject.chain)}`,
    }),
  },
};

/** How long the chain has to run; measured from its own time. */
export function timeToExpiry({ expires_at, timestamp }: EnrichedChain): string {
  const left = Date.parse(expires_at ?? '') - Date.parse(timestamp);
  return remaining(Number.isNaN(left) ? undefined : left);
}

function forwardGrounds(subject: ChainSubject): Omit<Grounds, 'missing'> {
  const { chain, format } = subject;
  const isParity = chain.forward_basis === 'FORWARD_BASIS_PARITY';
  return {
    formula: isParity
      ? 'the median of K + e^(rT) · (C − P) at the five strikes nearest to spot'
      : 'S · e^(rT)',
    inputs: [
      ['S, spot', format.price(chain.spot_price)],
      rateInput(subject),
      yearsInput(subject),
      ...(isParity ? parityInputs(subject) : []),
    ],
    convention: isParity
      ? 'The price for delivery at expiry that the options themselves imply, by put-call parity. C and P are the prices of call and put at the strike K: the middles of their quotes where any are quoted on both sides, else last prices.'
      : 'Spot carried at the interest rate, without dividends: an assumption, made by the exchange’s convention, and where no strike has two prices.',
  };
}

function moveGrounds(subject: ChainSubject): Omit<Grounds, 'missing'> {
  const { chain, format } = subject;
  const { atm_iv: volatility, expected_move: move, forward } = chain;
  const share = move == null || forward == null ? undefined : move / forward;
  return {
    formula: 'F · σ · √T',
    inputs: [
      forwardInput(subject),
      [
        'σ, volatility at the money',
        volatility == null ? MISSING : `${format.volatility(volatility)} %`,
      ],
      yearsInput(subject),
      ['As part of the forward', format.percent(share)],
      [
        'The street’s estimate, 0.85 · straddle',
        `${format.price(chain.expected_move_straddle)}${note(basisName(chain.atm_straddle_basis))}`,
      ],
    ],
    convention: `One standard deviation of the price until expiry, in either direction. ${timeConvention(chain)}`,
  };
}

function painGrounds(subject: ChainSubject): Omit<Grounds, 'missing'> {
  const { chain, format } = subject;
  const strikes = new Set([...chain.calls, ...chain.puts].map(({ strike }) => strike));
  const ties = chain.max_pain_ties.map((strike) => format.strike(strike));
  return {
    formula:
      'the listed strike k for which Σ call OI · max(k − K, 0) + Σ put OI · max(K − k, 0) is least',
    inputs: [
      ['Listed strikes', String(strikes.size)],
      ['Open interest of the calls', format.quantity(chain.total_call_oi)],
      ['Open interest of the puts', format.quantity(chain.total_put_oi)],
      ['Strikes that share the least', ties.length > 0 ? ties.join(', ') : MISSING],
    ],
    convention:
      'The price at expiry at which the holders of all options together would receive least; the ' +
      `lowest of several. As of ${timeOf(format, chain.timestamp)}.`,
  };
}
