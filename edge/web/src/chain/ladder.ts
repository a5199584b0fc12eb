/**
 * The chain as a ladder of strikes: what the table shows, computed apart from how it is drawn.
 */
import type { EnrichedChain, OptionLeg } from '../contract/types';
import type { Maybe } from '../format/absent';

/** One option of the ladder. */
export interface Rung {
  readonly leg: OptionLeg;
  /** Which way its last price went since the chain before; absent where it stayed. */
  readonly move?: 'up' | 'down';
}

/** One strike. A right that is not listed there is absent. */
export interface Strike {
  readonly strike: number;
  readonly call?: Rung;
  readonly put?: Rung;
}

/** Sums over one side of the chain. */
export interface Totals {
  readonly openInterest: number;
  /** Absent when no leg states its change. */
  readonly changeInOpenInterest?: number;
  readonly volume: number;
}

export interface Ladder {
  /** Ascending. */
  readonly strikes: readonly Strike[];
  /** The largest open interest of any leg: the length of a full bar. 0 when there is none. */
  readonly largestOpenInterest: number;
  readonly calls: Totals;
  readonly puts: Totals;
}

/**
 * Lays out a chain.
 *
 * A strike in which nothing changed since `before` is the same object again, so that whoever draws
 * it can leave it alone.
 */
export function buildLadder(chain: EnrichedChain, before?: Ladder): Ladder {
  const previous = new Map(before?.strikes.map((strike) => [strike.strike, strike]));
  const calls = byStrike(chain.calls);
  const puts = byStrike(chain.puts);
  const strikes = [...new Set([...calls.keys(), ...puts.keys()])].sort((a, b) => a - b);
  const legs = [...chain.calls, ...chain.puts];
  return {
    strikes: strikes.map((strike) =>
      nextStrike(strike, calls.get(strike), puts.get(strike), previous.get(strike)),
    ),
    largestOpenInterest: legs.reduce((most, leg) => Math.max(most, leg.open_interest ?? 0), 0),
    calls: totals(chain.calls, chain.total_call_oi, chain.total_call_volume),
    puts: totals(chain.puts, chain.total_put_oi, chain.total_put_volume),
  };
}

function byStrike(legs: readonly OptionLeg[]): Map<number, OptionLeg> {
  return new Map(legs.map((leg) => [leg.strike, leg]));
}

function totals(legs: readonly OptionLeg[], openInterest: number, volume: number): Totals {
  const changes = legs.flatMap((leg) => leg.change_in_open_interest ?? []);
  const sum = changes.reduce((total, change) => total + change, 0);
  return { openInterest, volume, ...(changes.length > 0 && { changeInOpenInterest: sum }) };
}

function nextStrike(
  strike: number,
  callLeg: OptionLeg | undefined,
  putLeg: OptionLeg | undefined,
  before: Strike | undefined,
): Strike {
  const call = nextRung(callLeg, before?.call);
  const put = nextRung(putLeg, before?.put);
  if (before !== undefined && call === before.call && put === before.put) return before;
  return { strike, ...(call && { call }), ...(put && { put }) };
}

function nextRung(leg: OptionLeg | undefined, before: Rung | undefined): Rung | undefined {
  if (leg === undefined) return undefined;
  if (before === undefined) return { leg };
  if (before.move === undefined && sameFigures(leg, before.leg)) return before;
  const move = moveBetween(before.leg.last, leg.last);
  return { leg, ...(move && { move }) };
}

function moveBetween(before: Maybe<number>, now: Maybe<number>): Rung['move'] {
  if (before == null || now == null || before === now) return undefined;
  return now > before ? 'up' : 'down';
}

function sameFigures(one: OptionLeg, other: OptionLeg): boolean {
  const names = Object.keys(one) as (keyof OptionLeg)[];
  return (
    names.length === Object.keys(other).length && names.every((name) => one[name] === other[name])
  );
}

/** How many strikes lie at or below a price: the spot line stands after that many. */
export function strikesBelow(ladder: Ladder, price: number): number {
  return ladder.strikes.filter(({ strike }) => strike <= price).length;
}

/** The puts' open interest over the calls' at one strike; absent where the calls have none. */
export function putCallRatio({ call, put }: Strike): number | undefined {
  const calls = call?.leg.open_interest;
  const puts = put?.leg.open_interest;
  return !calls || puts == null ? undefined : puts / calls;
}
