import type { OptionLeg, Side } from '../contract/types';
import type { Maybe } from '../format/absent';
import {
  basisName,
  forwardInput,
  note,
  rateInput,
  timeConvention,
  yearsInput,
  type Grounds,
  type Input,
  type LegSubject,
} from './subject';

const BLACK76: Readonly<Record<Side, string>> = {
  call: 'the σ at which e^(−rT) · (F · N(d₁) − K · N(d₂)) is the price',
  put: 'the σ at which e^(−rT) · (K · N(−d₂) − F · N(−d₁)) is the price',
};

const BLACK_SCHOLES: Readonly<Record<Side, string>> = {
  call: 'the σ at which S · N(d₁) − K · e^(−rT) · N(d₂) is the price',
  put: 'the σ at which K · e^(−rT) · N(−d₂) − S · N(−d₁) is the price',
};

const FORWARD_DISTANCE = 'd₁ = ln(F/K) / (σ√T) + σ√T/2, d₂ = d₁ − σ√T';
const SPOT_DISTANCE = 'd₁ = (ln(S/K) + rT) / (σ√T) + σ√T/2, d₂ = d₁ − σ√T';

/** The leg whose price the volatility of a strike was solved from. */
interface Speaker {
  readonly side: Side;
  readonly leg: OptionLeg;
}

/** How an implied volatility comes about, by the convention of its chain. */
export function volatilityGrounds(subject: LegSubject): Grounds {
  const speaker = speakerOf(subject);
  const { chain, leg, format } = subject;
  const isExchanges = chain.convention === 'PRICING_CONVENTION_NSE';
  const [formulas, distance] = isExchanges
    ? [BLACK_SCHOLES, SPOT_DISTANCE]
    : [BLACK76, FORWARD_DISTANCE];
  return {
    formula: `${formulas[speaker.side]}; ${distance}`,
    inputs: [
      ...priceInputs(speaker, subject),
      ...pricedOn(subject),
      ...(leg.quoted_iv == null
        ? []
        : ([
            ['The source’s own, for comparison', `${format.volatility(leg.quoted_iv)} %`],
          ] as const)),
    ],
    convention: conventionOf(subject),
  };
}

/** What an option is priced on besides its own price. */
export function pricedOn(subject: LegSubject): readonly Input[] {
  const { chain, leg, format } = subject;
  return [
    chain.convention === 'PRICING_CONVENTION_NSE'
      ? ['S, spot', format.price(chain.spot_price)]
      : forwardInput(subject),
    ['K, strike', format.strike(leg.strike)],
    yearsInput(subject),
    rateInput(subject),
  ];
}

/** The model, and how it counts time. */
export function modelName({ chain }: LegSubject): string {
  if (chain.convention === 'PRICING_CONVENTION_BLACK76') {
    return `Black (1976) on the forward. ${timeConvention(chain)}`;
  }
  return chain.convention === 'PRICING_CONVENTION_NSE'
    ? `As the National Stock Exchange of India publishes: Black-Scholes on spot, without dividends. ${timeConvention(chain)}`
    : 'The convention is not stated.';
}

function conventionOf(subject: LegSubject): string {
  const whose =
    subject.chain.convention === 'PRICING_CONVENTION_NSE'
      ? 'Each option speaks for itself, by its last price.'
      : 'The option that is out of the money speaks for both of its strike, by the middle of bid and ask, else by its last price of today.';
  return `${modelName(subject)} ${whose} N is the standard normal distribution.`;
}

/** By Black-76 the option that is out of the money, where it is listed; else the leg itself. */
function speakerOf({ chain, side, leg }: LegSubject): Speaker {
  const own = { side, leg };
  const { convention, forward } = chain;
  if (convention !== 'PRICING_CONVENTION_BLACK76' || forward == null) return own;
  const outOfTheMoney: Side = leg.strike >= forward ? 'call' : 'put';
  const legs = outOfTheMoney === 'call' ? chain.calls : chain.puts;
  const found = legs.find(({ strike }) => strike === leg.strike);
  return found === undefined ? own : { side: outOfTheMoney, leg: found };
}

function priceInputs({ side, leg }: Speaker, { leg: asked, format }: LegSubject): Input[] {
  const name = `Price of the ${format.strike(leg.strike)} ${side}`;
  const used = usedPrice(leg, asked);
  return [
    [name, `${format.price(used)}${note(basisName(asked.price_basis))}`],
    [`Its bid and ask`, `${format.price(leg.bid)} and ${format.price(leg.ask)}`],
    ['Its last', format.price(leg.last)],
  ];
}

/** None where no price was good enough. */
function usedPrice(leg: OptionLeg, { price_basis: basis }: OptionLeg): Maybe<number> {
  if (basis === 'PRICE_BASIS_LAST') return leg.last;
  if (basis !== 'PRICE_BASIS_MID' || leg.bid == null || leg.ask == null) return undefined;
  return (leg.bid + leg.ask) / 2;
}
