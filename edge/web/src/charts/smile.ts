/** The smile of one expiry: what is quoted, what is fitted, and where the fit allows arbitrage. */
import { missingSentence } from '../contract/missing';
import type { EnrichedChain, OptionLeg, SurfaceSlice } from '../contract/types';
import type { ProductFormat } from '../format/product-format';
import { valueOf, type Loadable } from '../state/loadable';
import { chartBase } from './base';
import type { Size } from './drawing';
import type { EChartsOption } from './echarts';
import { placeMarks, type Mark } from './marks';
import { fittedRow, type Interval, type SurfaceOnGrid } from './moneyness';
import { strikeAxis, strikeSpan, type Span } from './strike-axis';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { pointerLabel } from './tooltip';
import { volatilityAxis, volatilityText } from './volatility-axis';

/** A volatility at a strike. */
export type SmilePoint = readonly [strike: number, volatility: number];

interface QuotedSmile {
  readonly chain: EnrichedChain;
  /** The fit, ascending, from the first strike that is quoted to the last. */
  readonly fit: readonly SmilePoint[];
}

interface FittedSmile extends QuotedSmile {
  readonly slice: SurfaceSlice;
  readonly unfitted?: undefined;
}

interface UnfittedSmile extends QuotedSmile {
  readonly slice?: undefined;
  /** Why there is no slice. */
  readonly unfitted: string;
}

export type Smile = FittedSmile | UnfittedSmile;

/** Puts a chain and the surface's slice of its expiry together. */
export function smileOf(chain: EnrichedChain, surface: Loadable<SurfaceOnGrid>): Smile {
  const fitted = valueOf(surface);
  const slice = fitted?.surface.expiries.find(({ expiry }) => expiry === chain.expiry);
  if (fitted === undefined || slice === undefined) {
    return { chain, unfitted: whyUnfitted(surface), fit: [] };
  }
  const { forward } = slice;
  if (forward == null) return { chain, slice, fit: [] };
  const row = fittedRow(fitted, chain.expiry);
  const between = fitted.moneyness.map(
    (k, column) => [forward * Math.exp(k), row[column]] as const,
  );
  const atStrikes = slice.strikes.map((strike, at) => [strike, slice.fitted_ivs[at]] as const);
  return { chain, slice, fit: [...between, ...atStrikes].flatMap(known).sort(byStrike) };
}

function whyUnfitted({ state }: Loadable<SurfaceOnGrid>): string {
  if (state === 'loading') return 'The fit is being fetched';
  return state === 'failed' ? 'The fit cannot be fetched' : 'Not fitted yet';
}

function known([strike, volatility]: readonly [number, number | null | undefined]): SmilePoint[] {
  return volatility == null ? [] : [[strike, volatility]];
}

function byStrike([one]: SmilePoint, [other]: SmilePoint): number {
  return one - other;
}

/**
 * The quoted volatilities of one side.
 *
 * Where one leg of a strike speaks for both, it is the one that is out of the money.
 */
export function quotedPoints(chain: EnrichedChain, side: 'calls' | 'puts'): readonly SmilePoint[] {
  return chain[side].flatMap((leg) =>
    leg.iv == null || !speaksFor(leg, chain, side) ? [] : [[leg.strike, leg.iv] as const],
  );
}

function speaksFor(
  { strike }: OptionLeg,
  { convention, forward }: EnrichedChain,
  side: 'calls' | 'puts',
): boolean {
  if (convention === 'PRICING_CONVENTION_NSE' || forward == null) return true;
  return side === 'calls' ? strike >= forward : strike < forward;
}

/** Where the fit allows arbitrage, as strikes within those that are listed. */
export function arbitrageStrikes(
  { chain, slice }: Smile,
  kind: 'butterfly_ranges' | 'calendar_ranges',
): readonly Interval[] {
  const strikes = listedStrikes(chain);
  const forward = slice?.forward;
  if (slice === undefined || forward == null) return [];
  return slice[kind]
    .map(({ low, high }) => ({
      low: Math.max(strikes[0] ?? Infinity, forward * Math.exp(low)),
      high: Math.min(strikes.at(-1) ?? 0, forward * Math.exp(high)),
    }))
    .filter(({ low, high }) => low < high);
}

/** The strikes that are listed, and the prices that are marked among them. */
function spanOf({ chain }: Smile): Span | undefined {
  return strikeSpan(listedStrikes(chain), [chain.spot_price, chain.forward]);
}

function listedStrikes({ calls, puts }: EnrichedChain): readonly number[] {
  const strikes = new Set([...calls, ...puts].map(({ strike }) => strike));
  return [...strikes].sort((one, other) => one - other);
}

export function smileOption(smile: Smile, format: ProductFormat) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const { colours } = theme;
    const base = chartBase(theme);
    const span = spanOf(smile) ?? { from: 0, to: 1 };
    const placed = placeMarks(marksOf(smile), span, width, format, theme);
    const quotes = (name: string, colour: string, side: 'calls' | 'puts') => ({
      type: 'scatter' as const,
      name,
      symbolSize: 7,
      itemStyle: { color: colour },
      data: quotedPoints(smile.chain, side).map((point) => [...point]),
    });
    return {
      ...base,
      grid: { ...base.grid, top: 28 + placed.height },
      tooltip: { ...base.tooltip, valueFormatter: volatilityText(format) },
      xAxis: { ...strikeAxis(span, format, theme), axisPointer: pointerLabel(format.strike) },
      yAxis: volatilityAxis(volatilitiesOf(smile), format, theme),
      series: [
        {
          type: 'line',
          name: fitName(smile.slice),
          symbol: 'none',
          lineStyle: { color: colours.text, width: 1.5 },
          itemStyle: { color: colours.text },
          data: smile.fit.map((point) => [...point]),
          markArea: { silent: true, data: shades(smile, theme) },
        },
        quotes('Puts', colours.put, 'puts'),
        quotes('Calls', colours.call, 'calls'),
        placed.series,
      ],
    };
  };
}

function volatilitiesOf({ chain, fit }: Smile): readonly number[] {
  const points = [...fit, ...quotedPoints(chain, 'calls'), ...quotedPoints(chain, 'puts')];
  return points.map(([, volatility]) => volatility);
}

/** What the line is, for the legend. */
export function fitName(slice: SurfaceSlice | undefined): string {
  switch (slice?.method) {
    case 'SLICE_METHOD_SVI':
      return 'SVI fit';
    case 'SLICE_METHOD_INTERPOLATED':
      return 'Interpolated';
    case 'SLICE_METHOD_UNSPECIFIED':
    case undefined:
      return 'Not fitted';
  }
}

function marksOf({ chain }: Smile): readonly Mark[] {
  return [
    { name: 'Spot', at: chain.spot_price, colour: 'accent' },
    { name: 'Forward', at: chain.forward, colour: 'notice' },
    { name: 'ATM', at: chain.atm_strike, colour: 'muted' },
  ];
}

function shades(smile: Smile, { colours, font }: ChartTheme) {
  const kinds = [
    ['Butterfly arbitrage', 'butterfly_ranges', colours.down],
    ['Calendar arbitrage', 'calendar_ranges', colours.notice],
  ] as const;
  return kinds.flatMap(([name, kind, color]) =>
    arbitrageStrikes(smile, kind).map(({ low, high }): [object, object] => [
      {
        name,
        xAxis: low,
        itemStyle: { color, opacity: 0.14 },
        label: { color, fontFamily: font, fontSize: 11, position: 'insideBottom' },
      },
      { xAxis: high },
    ]),
  );
}

/** Each strike with what is quoted and fitted there, or why it is not. */
export function smileTable({ chain, slice }: Smile, format: ProductFormat): FigureTable {
  const calls = new Map(chain.calls.map((leg) => [leg.strike, leg]));
  const puts = new Map(chain.puts.map((leg) => [leg.strike, leg]));
  const write = format.volatility;
  return {
    columns: [
      { heading: 'Strike', write: format.strike },
      { heading: 'Call IV, %', write },
      { heading: 'Put IV, %', write },
      { heading: 'Fitted IV, %', write },
      { heading: 'Fitted less quoted', write: format.percentChange },
      { heading: 'Why missing' },
    ],
    rows: listedStrikes(chain).map((strike) => {
      const call = calls.get(strike);
      const put = puts.get(strike);
      const at = slice?.strikes.indexOf(strike) ?? -1;
      const fitted = slice?.fitted_ivs[at];
      const quoted = slice?.ivs[at];
      const difference = fitted === undefined || quoted === undefined ? null : fitted - quoted;
      return [strike, call?.iv, put?.iv, fitted, difference, whyMissing(call, put)];
    }),
  };
}

function whyMissing(...legs: readonly (OptionLeg | undefined)[]): string {
  const silent = legs.find((leg) => leg !== undefined && leg.iv == null);
  return silent === undefined ? '' : missingSentence(silent.iv_missing);
}
