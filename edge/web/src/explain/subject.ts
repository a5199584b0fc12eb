import { missingSentence } from '../contract/missing';
import type { EnrichedChain, OptionLeg, PriceBasis, Product, Side } from '../contract/types';
import { type Maybe, MISSING } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import type { Explanation } from './explanation';

/** The chain whose figures are explained, and how its product writes them. */
export interface ChainSubject {
  readonly chain: EnrichedChain;
  readonly format: ProductFormat;
  /** Absent until it is described. */
  readonly product?: Product | undefined;
}

/** One option of a chain. */
export interface LegSubject extends ChainSubject {
  readonly side: Side;
  readonly leg: OptionLeg;
}

export type Input = Explanation['inputs'][number];

/** What an explanation says of a figure besides its name, its value and its time. */
export type Grounds = Omit<Explanation, 'heading' | 'value' | 'timestamp' | 'publishedAt'>;

/** What somebody says who was not told a figure. */
export const NOT_STATED = 'The source does not state it';

/** Puts an explanation together; a figure that is not there always has a reason. */
export function explanationOf(
  { chain }: ChainSubject,
  heading: string,
  value: string,
  grounds: Grounds,
): Explanation {
  const { missing = missingSentence(undefined), ...rest } = grounds;
  return {
    heading,
    value,
    ...rest,
    ...(value === MISSING && { missing }),
    timestamp: chain.timestamp,
    ...(chain.published_at != null && { publishedAt: chain.published_at }),
  };
}

/** Why a figure of the chain itself is absent. */
export function reasonOf(chain: EnrichedChain, field: keyof EnrichedChain): string {
  return missingSentence(chain.missing.find((missing) => missing.field === field)?.reason);
}

const BASES: Readonly<Partial<Record<PriceBasis, string>>> = {
  PRICE_BASIS_MID: 'mid',
  PRICE_BASIS_LAST: 'last',
  PRICE_BASIS_MIXED: 'mid and last',
};

/** Which prices were used, in a word or three; absent where none was. */
export function basisName(basis: PriceBasis | undefined): string | undefined {
  return BASES[basis ?? 'PRICE_BASIS_UNSPECIFIED'];
}

/** What volume and open interest count, as a sentence. */
export function quantityConvention({ chain, format, product }: ChainSubject): string {
  const size = product?.lot_size ?? chain.contract_size;
  return size == null || format.unit !== 'contracts'
    ? `Counted in ${format.unit}.`
    : `Counted in contracts of ${format.strike(size)} units of the underlying.`;
}

/** The time to expiry as it is used in formulas. */
export function yearsInput({ chain, format }: ChainSubject): Input {
  return ['T, time to expiry in years', format.years(chain.years_to_expiry)];
}

/** The interest rate as it is used in formulas. */
export function rateInput({ chain, format }: ChainSubject): Input {
  return ['r, interest a year, continuous', format.percent(chain.rate)];
}

/** The forward as it is used in formulas, and where it comes from. */
export function forwardInput({ chain, format }: ChainSubject): Input {
  return ['F, forward', `${format.price(chain.forward)}${note(forwardName(chain))}`];
}

/** Where a forward comes from, in two words; absent where there is none. */
export function forwardName({ forward_basis: basis }: EnrichedChain): string | undefined {
  if (basis === 'FORWARD_BASIS_PARITY') return 'put-call parity';
  return basis === 'FORWARD_BASIS_CARRIED_SPOT' ? 'spot carried' : undefined;
}

/** How years are counted. */
export function timeConvention({ convention }: EnrichedChain): string {
  return convention === 'PRICING_CONVENTION_NSE'
    ? 'Time is whole calendar days to the date of expiry, over 365.'
    : 'Time is seconds to the instant of expiry, over 365 days of 86,400 seconds.';
}

/** An instant of the contract as the time of day at the exchange. */
export function timeOf(format: ProductFormat, instant: Maybe<string>): string {
  return format.time(Date.parse(instant ?? ''));
}

/** A remark behind a figure, in brackets; nothing where there is none. */
export function note(remark: string | undefined): string {
  return remark === undefined ? '' : ` (${remark})`;
}
