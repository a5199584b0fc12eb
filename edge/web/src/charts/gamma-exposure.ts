/** Gamma exposure: of each strike, and of all of them over prices of the underlying. */
import type { GammaExposure } from '../contract/types';
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { axisLook, chartBase } from './base';
import { barsByStrike, type StrikeBars } from './columns';
import type { Size } from './drawing';
import type { EChartsOption } from './echarts';
import { placeMarks, type Mark } from './marks';
import { strikeAxis, strikeSpan } from './strike-axis';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { textAt } from './tooltip';

/** What is drawn of a strike: calls and puts together, or each for itself. */
export type GammaView = 'net' | 'parts';

/** The exposure of each strike, with spot, the walls and the flip. */
export function gammaOption(answer: GammaExposure, view: GammaView, format: ProductFormat) {
  return (theme: ChartTheme, size: Size): EChartsOption =>
    barsByStrike(
      {
        strikes: answer.strikes.map(({ strike }) => strike),
        bars: view === 'net' ? [netBars(answer, theme)] : partBars(answer, theme),
        stacked: true,
        marks: [...pricesOf(answer), ...wallsOf(answer)],
        short: moneyOf(format),
        exact: moneyOf(format),
      },
      format,
      theme,
      size,
    );
}

function netBars({ strikes }: GammaExposure, { colours }: ChartTheme): StrikeBars {
  return {
    name: 'Net',
    values: strikes.map(({ net_gamma }) => net_gamma),
    colour: (net) => (net < 0 ? colours.down : colours.up),
  };
}

function partBars({ strikes }: GammaExposure, { colours }: ChartTheme): StrikeBars[] {
  return [
    { name: 'Calls', values: strikes.map(({ call_gamma }) => call_gamma), colour: colours.call },
    { name: 'Puts', values: strikes.map(({ put_gamma }) => put_gamma), colour: colours.put },
  ];
}

/** The net exposure over prices of the underlying, about the strikes, with spot and the flip. */
export function profileOption(answer: GammaExposure, format: ProductFormat) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const { colours } = theme;
    const { strikes, profile, spot_price, zero_gamma } = answer;
    const base = chartBase(theme);
    const look = axisLook(theme);
    const span = strikeSpan(
      strikes.map(({ strike }) => strike),
      [spot_price, zero_gamma],
    ) ?? { from: 0, to: 1 };
    const marks = placeMarks(pricesOf(answer), span, width, format, theme);
    return {
      ...base,
      legend: { show: false },
      grid: { ...base.grid, top: marks.height },
      tooltip: { ...base.tooltip, formatter: textAt((at) => profileText(answer, at, format)) },
      xAxis: strikeAxis(span, format, theme),
      yAxis: {
        type: 'value',
        ...look,
        axisLabel: { ...look.axisLabel, formatter: moneyOf(format) },
      },
      series: [
        {
          type: 'line',
          name: 'Net gamma of all strikes',
          showSymbol: false,
          lineStyle: { color: colours.text, width: 2 },
          itemStyle: { color: colours.text },
          areaStyle: { color: colours.accent, opacity: 0.12 },
          emphasis: { disabled: true },
          data: profile.map((point) => [point.spot_price, point.net_gamma]),
        },
        marks.series,
      ],
    };
  };
}

function pricesOf({ spot_price, zero_gamma }: GammaExposure): readonly Mark[] {
  return [
    { name: 'Spot', at: spot_price, colour: 'accent' },
    { name: 'Zero gamma', at: zero_gamma, colour: 'notice' },
  ];
}

function wallsOf({ call_wall, put_wall }: GammaExposure): readonly Mark[] {
  return [
    { name: 'Call wall', at: call_wall, colour: 'call' },
    { name: 'Put wall', at: put_wall, colour: 'put' },
  ];
}

function profileText(
  { profile }: GammaExposure,
  at: number,
  format: ProductFormat,
): readonly string[] {
  const point = profile[at];
  return [
    `Price ${format.price(point?.spot_price)}`,
    `Net gamma  ${moneyOf(format)(point?.net_gamma)}`,
  ];
}

/** Amounts of less than one unit of currency are noise of the arithmetic, and are written as 0. */
function moneyOf({ shortMoney }: ProductFormat): (value: Maybe<number>) => string {
  return (value) => shortMoney(value != null && Math.abs(value) < 1 ? 0 : value);
}

/** The exposure of each strike in a sentence. */
export function gammaSummary(answer: GammaExposure, format: ProductFormat): string {
  const { net_gamma: net, call_wall, put_wall, zero_gamma: zero } = answer;
  const parts = [
    net == null
      ? 'The net exposure is not known'
      : `The net exposure is ${format.shortMoney(net)} per 1 % move`,
    `the call wall stands at ${format.strike(call_wall)}`,
    `the put wall at ${format.strike(put_wall)}`,
    zero == null
      ? 'there is no zero-gamma flip near spot'
      : `the sign changes at ${format.price(zero)}`,
  ];
  return `${parts.join('; ')}.`;
}

/** The exposure of each strike as figures. */
export function gammaTable({ strikes }: GammaExposure, format: ProductFormat): FigureTable {
  const write = moneyOf(format);
  return {
    columns: [
      { heading: 'Strike', write: format.strike },
      { heading: 'Calls', write },
      { heading: 'Puts', write },
      { heading: 'Net', write },
    ],
    rows: strikes.map((each) => [each.strike, each.call_gamma, each.put_gamma, each.net_gamma]),
  };
}

/** The profile as figures; all of it, beyond the strikes too. */
export function profileTable({ profile }: GammaExposure, format: ProductFormat): FigureTable {
  return {
    columns: [
      { heading: 'Price of the underlying', write: format.price },
      { heading: 'Net gamma', write: moneyOf(format) },
    ],
    rows: profile.map((point) => [point.spot_price, point.net_gamma]),
  };
}
