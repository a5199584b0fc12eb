/** How far the price is expected to go until expiry, against what the straddle costs. */
import type { EnrichedChain } from '../contract/types';
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { axisLook, chartBase } from './base';
import type { Size } from './drawing';
import type { EChartsOption, LineSeriesOption } from './echarts';
import { placeMarks, type Mark } from './marks';
import { strikeAxis, strikeSpan, type Span } from './strike-axis';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { textAt } from './tooltip';

/** How many expected moves the chart reaches to either side. */
const MOVES_SHOWN = 2.5;

/** A stretch of prices about spot. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/** A price at expiry, and what the holder of the straddle then has gained. */
export type Payoff = readonly [price: number, gain: number];

/** The prices within a move of spot; absent where either is not known. */
export function bandOf(spot: Maybe<number>, move: Maybe<number>): Band | undefined {
  return spot == null || move == null ? undefined : { low: spot - move, high: spot + move };
}

/** The prices beyond which the straddle has gained; absent where it has no price. */
export function breakEvens(chain: EnrichedChain): Band | undefined {
  return bandOf(chain.atm_strike, chain.atm_straddle_price);
}

/**
 * What the straddle gains at each listed strike, at some other prices, and where it turns; none
 * where it has no price.
 */
export function payoffsOf(chain: EnrichedChain, others: readonly number[] = []): readonly Payoff[] {
  const { atm_strike: strike, atm_straddle_price: cost } = chain;
  const even = breakEvens(chain);
  if (strike == null || cost == null || even === undefined) return [];
  const prices = new Set([...strikesOf(chain), even.low, strike, even.high, ...others]);
  return [...prices]
    .sort((one, other) => one - other)
    .map((price) => [price, Math.abs(price - strike) - cost]);
}

/** The straddle's gain by price at expiry, with the expected move about spot. */
export function moveOption(chain: EnrichedChain, format: ProductFormat) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const base = chartBase(theme);
    const look = axisLook(theme);
    const span = spanOf(chain);
    const payoffs = payoffsOf(chain, [span.from, span.to]).filter(
      ([price]) => price >= span.from && price <= span.to,
    );
    const sigma = bandOf(chain.spot_price, chain.expected_move);
    const marks = placeMarks(marksOf(chain.spot_price, sigma), span, width, format, theme);
    const bands = bandsOf(chain, theme);
    return {
      ...base,
      legend: { ...base.legend, data: ['Gain at expiry', ...bands.map(legendKey)] },
      grid: { ...base.grid, top: 26 + marks.height },
      tooltip: { ...base.tooltip, formatter: textAt((at) => payoffText(payoffs[at], format)) },
      xAxis: strikeAxis(span, format, theme),
      yAxis: { type: 'value', ...look, axisLabel: { ...look.axisLabel, formatter: format.strike } },
      series: [payoffSeries(payoffs, theme), ...bands, marks.series],
    };
  };
}

/** Some expected moves about spot; all strikes where the move is not known. */
function spanOf(chain: EnrichedChain): Span {
  const { spot_price: spot, expected_move: move, expected_move_straddle: street } = chain;
  const near = bandOf(spot, MOVES_SHOWN * Math.max(move ?? 0, street ?? 0));
  if (near !== undefined && near.low < near.high) return { from: near.low, to: near.high };
  return strikeSpan(strikesOf(chain)) ?? { from: 0, to: 1 };
}

function marksOf(spot: Maybe<number>, sigma: Band | undefined): readonly Mark[] {
  return [
    { name: '−1σ', at: sigma?.low, colour: 'muted' },
    { name: 'Spot', at: spot, colour: 'accent' },
    { name: '+1σ', at: sigma?.high, colour: 'muted' },
  ];
}

function payoffSeries(payoffs: readonly Payoff[], { colours }: ChartTheme): LineSeriesOption {
  return {
    type: 'line',
    name: 'Gain at expiry',
    showSymbol: false,
    lineStyle: { color: colours.text, width: 2 },
    itemStyle: { color: colours.text },
    emphasis: { disabled: true },
    data: payoffs.map((each) => [...each]),
  };
}

/** One standard deviation, and the street's estimate, about spot. */
function bandsOf(chain: EnrichedChain, { colours }: ChartTheme): readonly LineSeriesOption[] {
  const { spot_price: spot, expected_move: move, expected_move_straddle: street } = chain;
  return [
    ...bandSeries('±1σ', bandOf(spot, move), colours.accent),
    ...bandSeries('±0.85 · straddle', bandOf(spot, street), colours.notice),
  ];
}

/** A band, named in the legend. */
function bandSeries(name: string, band: Band | undefined, colour: string): LineSeriesOption[] {
  if (band === undefined) return [];
  const itemStyle = { color: colour, opacity: 0.16 };
  return [
    {
      type: 'line',
      name,
      data: [],
      itemStyle: { color: colour },
      markArea: { silent: true, itemStyle, data: [[{ xAxis: band.low }, { xAxis: band.high }]] },
    },
  ];
}

/** The legend shows a band as a patch, and not as the line that it is not. */
function legendKey({ name }: LineSeriesOption): { name: string; icon: string } {
  return { name: String(name), icon: 'roundRect' };
}

function payoffText(payoff: Payoff | undefined, format: ProductFormat): readonly string[] {
  if (payoff === undefined) return [];
  const [price, gain] = payoff;
  return [`Price at expiry  ${format.price(price)}`, `Gain  ${format.priceChange(gain)}`];
}

function strikesOf({ calls, puts }: EnrichedChain): readonly number[] {
  const strikes = new Set([...calls, ...puts].map(({ strike }) => strike));
  return [...strikes].sort((one, other) => one - other);
}

/** The expected move in a sentence. */
export function moveSummary(chain: EnrichedChain, format: ProductFormat): string {
  const sigma = bandOf(chain.spot_price, chain.expected_move);
  const even = breakEvens(chain);
  const within =
    sigma === undefined
      ? 'The expected move is not known'
      : `Until expiry the price is expected between ${format.price(sigma.low)} and ${format.price(sigma.high)}`;
  return even === undefined
    ? `${within}.`
    : `${within}; a straddle gains below ${format.price(even.low)} and above ${format.price(even.high)}.`;
}

/** The straddle's gain as figures, and which prices are expected. */
export function moveTable(chain: EnrichedChain, format: ProductFormat): FigureTable {
  const sigma = bandOf(chain.spot_price, chain.expected_move);
  const street = bandOf(chain.spot_price, chain.expected_move_straddle);
  const within = (band: Band | undefined, price: number): string | undefined =>
    band && (price >= band.low && price <= band.high ? 'within' : 'beyond');
  return {
    columns: [
      { heading: 'Price at expiry', write: format.price },
      { heading: 'Gain of the straddle', write: format.priceChange },
      { heading: '±1σ' },
      { heading: '±0.85 straddle' },
    ],
    rows: payoffsOf(chain).map(([price, gain]) => [
      price,
      gain,
      within(sigma, price),
      within(street, price),
    ]),
  };
}
