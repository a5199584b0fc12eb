/** The at-the-money straddle: its price over time, beside spot. */
import type { EnrichedChain, Straddle } from '../contract/types';
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { longestPause, type HistoryRange } from '../state/history-range';
import { continued, withGaps, type Dated } from '../state/series';
import { axisLook, chartBase } from './base';
import type { Size } from './drawing';
import type { EChartsOption, LineSeriesOption, ValueAxis } from './echarts';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { timeAxis } from './time-axis';
import { textAt } from './tooltip';

/** What is known of one time. */
export interface StraddlePoint extends Dated {
  readonly strike: Maybe<number>;
  readonly price: Maybe<number>;
  readonly spot: Maybe<number>;
  readonly volatility: Maybe<number>;
  readonly expectedMove: Maybe<number>;
}

/** The stored history of a range, and behind it the chain of now where that is newer. */
export function straddlePoints(
  history: readonly Straddle[],
  chain: EnrichedChain,
  range: HistoryRange,
): readonly StraddlePoint[] {
  const now = pointOf({ ...chain, straddle_price: chain.atm_straddle_price });
  return continued(history.map(pointOf), [now], range);
}

type Told = Pick<
  Straddle,
  'timestamp' | 'atm_strike' | 'spot_price' | 'atm_iv' | 'expected_move'
> & {
  readonly straddle_price?: Maybe<number>;
};

function pointOf(told: Told): StraddlePoint {
  return {
    at: Date.parse(told.timestamp ?? ''),
    strike: told.atm_strike,
    price: told.straddle_price,
    spot: told.spot_price,
    volatility: told.atm_iv,
    expectedMove: told.expected_move,
  };
}

/**
 * The straddle's price and spot, each on a scale of its own.
 *
 * A pause of the feed is a gap, and so is a change of the strike: from there on it is another
 * straddle, and no price went from the one to the other.
 */
export function straddleOption(
  points: readonly StraddlePoint[],
  range: HistoryRange,
  format: ProductFormat,
) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const { colours } = theme;
    const base = chartBase(theme);
    const moments = brokenAtStrikes(withGaps(points, longestPause(range)));
    const period = { from: points[0]?.at ?? 0, to: points.at(-1)?.at ?? 1 };
    const line = (name: string, colour: string, member: 'price' | 'spot'): LineSeriesOption => ({
      type: 'line',
      name,
      yAxisIndex: member === 'price' ? 0 : 1,
      // A point between two gaps is no line, and would not be seen.
      symbol: (_, { dataIndex: at }) => (isAlone(moments, at, member) ? 'circle' : 'none'),
      symbolSize: 3,
      lineStyle: { color: colour, width: member === 'price' ? 2 : 1.5 },
      itemStyle: { color: colour },
      emphasis: { disabled: true },
      data: moments.map((moment) => [moment.at, moment[member] ?? null]),
    });
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: textAt((at) => momentText(moments[at], format)) },
      xAxis: timeAxis(period, width, format, theme),
      yAxis: [
        priceAxis('left', colours.notice, writerFor(points, 'price', format), theme),
        priceAxis('right', colours.accent, writerFor(points, 'spot', format), theme),
      ],
      series: [line('Straddle', colours.notice, 'price'), line('Spot', colours.accent, 'spot')],
    };
  };
}

type Moment = Dated & Partial<StraddlePoint>;

/** Puts a moment without a price of the straddle between two of different strikes. */
function brokenAtStrikes(moments: readonly Moment[]): readonly Moment[] {
  return moments.flatMap((moment, index) => {
    const before = moments[index - 1];
    const isOther =
      before?.strike != null && moment.strike != null && before.strike !== moment.strike;
    if (!isOther) return [moment];
    return [{ at: (before.at + moment.at) / 2, spot: moment.spot }, moment];
  });
}

function isAlone(moments: readonly Moment[], at: number, member: 'price' | 'spot'): boolean {
  return moments[at - 1]?.[member] == null && moments[at + 1]?.[member] == null;
}

/** A scale that fits its line, and has that line's colour. */
function priceAxis(
  position: 'left' | 'right',
  colour: string,
  write: (price: Maybe<number>) => string,
  theme: ChartTheme,
): ValueAxis {
  const look = axisLook(theme);
  return {
    type: 'value',
    position,
    scale: true,
    ...look,
    axisLabel: { ...look.axisLabel, color: colour, formatter: write },
    splitLine: { ...look.splitLine, show: position === 'left' },
  };
}

/** Labels of an axis over less than some units of price need their decimals. */
function writerFor(
  points: readonly StraddlePoint[],
  member: 'price' | 'spot',
  { price, strike }: ProductFormat,
): (price: Maybe<number>) => string {
  const known = points.flatMap((point) => point[member] ?? []);
  return Math.max(...known) - Math.min(...known) < 5 ? price : strike;
}

function momentText(moment: Moment | undefined, format: ProductFormat): readonly string[] {
  if (moment === undefined || !('price' in moment)) return [];
  return [
    format.moment(moment.at),
    `Straddle  ${format.price(moment.price)}`,
    `Spot  ${format.price(moment.spot)}`,
    `Strike  ${format.strike(moment.strike)}`,
  ];
}

/** The history in a sentence. */
export function straddleSummary(points: readonly StraddlePoint[], format: ProductFormat): string {
  const prices = points.flatMap(({ price }) => price ?? []);
  const [first, last] = [prices[0], prices.at(-1)];
  if (first === undefined || last === undefined) return 'No price of a straddle is known.';
  return (
    `The straddle went from ${format.price(first)} to ${format.price(last)}, ` +
    `between ${format.price(Math.min(...prices))} and ${format.price(Math.max(...prices))}.`
  );
}

/** The history as figures, newest first. */
export function straddleTable(
  points: readonly StraddlePoint[],
  format: ProductFormat,
): FigureTable {
  return {
    columns: [
      { heading: 'Time' },
      { heading: 'Straddle', write: format.price },
      { heading: 'Spot', write: format.price },
      { heading: 'Strike', write: format.strike },
      { heading: 'ATM IV, %', write: format.volatility },
      { heading: 'Expected move', write: format.price },
    ],
    rows: points
      .map(({ at, price, spot, strike, volatility, expectedMove }) => [
        format.moment(at),
        price,
        spot,
        strike,
        volatility,
        expectedMove,
      ])
      .reverse(),
  };
}
