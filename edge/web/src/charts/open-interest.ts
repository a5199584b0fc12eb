/** Open interest and its change by strike, calls beside puts. */
import { buildupMark } from '../chain/buildup';
import type { Buildup, EnrichedChain, OpenInterestBuildup, OptionLeg } from '../contract/types';
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { barsByStrike } from './columns';
import type { Size } from './drawing';
import type { EChartsOption } from './echarts';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';

/** A figure of the call and of the put of one strike; absent where it is not known. */
export interface StrikePair {
  readonly strike: number;
  readonly call: Maybe<number>;
  readonly put: Maybe<number>;
}

/** Prices that are marked across the bars. */
export interface Landmarks {
  readonly spot_price?: Maybe<number>;
  readonly support?: Maybe<number>;
  readonly resistance?: Maybe<number>;
}

/** What is counted at each strike: all that is open, or how it has changed. */
export type Count = 'open_interest' | 'change_in_open_interest';

/** What a chain counts, by ascending strike. */
export function pairsOf(chain: EnrichedChain, count: Count): readonly StrikePair[] {
  const byStrike = (legs: readonly OptionLeg[]): ReadonlyMap<number, Maybe<number>> =>
    new Map(legs.map((leg) => [leg.strike, leg[count]]));
  const [calls, puts] = [byStrike(chain.calls), byStrike(chain.puts)];
  const strikes = [...new Set([...calls.keys(), ...puts.keys()])].sort((a, b) => a - b);
  return strikes.map((strike) => ({ strike, call: calls.get(strike), put: puts.get(strike) }));
}

/** The changes since the baseline of a build-up. */
export function changesOf({ strikes }: OpenInterestBuildup): readonly StrikePair[] {
  return strikes.map(({ strike, call_oi_change, put_oi_change }) => ({
    strike,
    call: call_oi_change,
    put: put_oi_change,
  }));
}

/** Bars of calls and puts side by side, with spot, support and resistance. */
export function interestOption(
  pairs: readonly StrikePair[],
  { spot_price: spot, support, resistance }: Landmarks,
  count: Count,
  format: ProductFormat,
) {
  return (theme: ChartTheme, size: Size): EChartsOption =>
    barsByStrike(
      {
        strikes: pairs.map(({ strike }) => strike),
        bars: [
          { name: 'Calls', values: pairs.map(({ call }) => call), colour: theme.colours.call },
          { name: 'Puts', values: pairs.map(({ put }) => put), colour: theme.colours.put },
        ],
        marks: [
          { name: 'Spot', at: spot, colour: 'accent' },
          { name: 'Support', at: support, colour: 'put' },
          { name: 'Resistance', at: resistance, colour: 'call' },
        ],
        short: format.shortQuantity,
        exact: writerOf(count, format),
      },
      format,
      theme,
      size,
    );
}

/** The bars in a sentence. */
export function interestSummary(
  pairs: readonly StrikePair[],
  count: Count,
  format: ProductFormat,
): string {
  const what = count === 'open_interest' ? 'open interest' : 'increase of open interest';
  const most = (side: 'call' | 'put'): string => {
    const known = pairs.filter((pair) => (pair[side] ?? 0) > 0);
    const top = known.reduce<StrikePair | undefined>(
      (best, pair) => ((pair[side] ?? 0) > (best?.[side] ?? 0) ? pair : best),
      undefined,
    );
    if (top === undefined) return `no ${side} has any`;
    return `of ${side}s it is greatest at ${format.strike(top.strike)}, ${format.quantity(top[side])}`;
  };
  return `By strike, ${what}: ${most('call')}; ${most('put')}.`;
}

/** The bars as figures, a row a strike. */
export function interestTable(
  pairs: readonly StrikePair[],
  count: Count,
  format: ProductFormat,
): FigureTable {
  const write = writerOf(count, format);
  const name = count === 'open_interest' ? 'OI' : 'change in OI';
  return {
    columns: [
      { heading: 'Strike', write: format.strike },
      { heading: `Call ${name}, ${format.unit}`, write },
      { heading: `Put ${name}, ${format.unit}`, write },
    ],
    rows: pairs.map(({ strike, call, put }) => [strike, call, put]),
  };
}

/** What traders did at each strike, with the changes that say so. */
export function buildupTable({ strikes }: OpenInterestBuildup, format: ProductFormat): FigureTable {
  const side = (name: string): FigureTable['columns'] => [
    { heading: `${name} build-up` },
    { heading: `${name} OI change`, write: format.quantityChange },
    { heading: `${name} price change`, write: format.priceChange },
  ];
  return {
    columns: [{ heading: 'Strike', write: format.strike }, ...side('Call'), ...side('Put')],
    rows: strikes.map((each) => [
      each.strike,
      buildupName(each.call),
      each.call_oi_change,
      each.call_price_change,
      buildupName(each.put),
      each.put_oi_change,
      each.put_price_change,
    ]),
  };
}

/** "Long build-up"; absent where a change is not known. */
function buildupName(buildup: Buildup): string | undefined {
  // The mark's name goes on to say what it means, which the columns beside it do here.
  return buildupMark(buildup).name?.split(':')[0];
}

function writerOf(count: Count, format: ProductFormat): (value: Maybe<number>) => string {
  return count === 'open_interest' ? format.quantity : format.quantityChange;
}
