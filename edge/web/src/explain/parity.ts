import type { EnrichedChain, OptionLeg } from '../contract/types';
import type { ChainSubject, Input } from './subject';

/** How many strikes speak for a forward. */
const STRIKES_USED = 5;

/** A strike of which call and put are quoted on both sides. */
interface Pair {
  readonly strike: number;
  readonly call: number;
  readonly put: number;
}

/** The forwards that the strikes nearest to spot imply, where both their options are quoted. */
export function parityInputs({ chain, format }: ChainSubject): readonly Input[] {
  const { spot_price: spot, rate, years_to_expiry: years } = chain;
  if (spot == null || rate == null || years == null) return [];
  return pairsOf(chain)
    .toSorted((a, b) => Math.abs(a.strike - spot) - Math.abs(b.strike - spot))
    .slice(0, STRIKES_USED)
    .map(({ strike, call, put }) => [
      `At ${format.strike(strike)}: C ${format.price(call)}, P ${format.price(put)}`,
      format.price(strike + Math.exp(rate * years) * (call - put)),
    ]);
}

function pairsOf({ calls, puts }: EnrichedChain): Pair[] {
  const putAt = new Map(puts.map((put) => [put.strike, middle(put)]));
  return calls.flatMap((leg) => {
    const [call, put] = [middle(leg), putAt.get(leg.strike)];
    return call === undefined || put === undefined ? [] : { strike: leg.strike, call, put };
  });
}

function middle({ bid, ask }: OptionLeg): number | undefined {
  return bid == null || ask == null || bid > ask ? undefined : (bid + ask) / 2;
}
