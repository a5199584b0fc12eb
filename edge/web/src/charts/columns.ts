/** What charts of bars by strike share: the bars, their axes, and what the pointer says. */
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { axisLook, chartBase } from './base';
import type { EChartsOption, SeriesOption } from './echarts';
import { placeMarks, type Mark } from './marks';
import { strikeAxis, strikeSpan } from './strike-axis';
import type { Size } from './drawing';
import type { ChartTheme } from './theme';
import { textAt } from './tooltip';

/** The height of a legend, in CSS pixels. */
const LEGEND = 26;

/** A figure of each strike. */
export interface StrikeBars {
  readonly name: string;
  readonly values: readonly Maybe<number>[];
  /** Of all of them, or of each by its sign. */
  readonly colour: string | ((value: number) => string);
}

/** A chart of bars by strike. */
export interface BarsByStrike {
  /** Ascending. */
  readonly strikes: readonly number[];
  readonly bars: readonly StrikeBars[];
  /** Whether the bars of a strike stand in one column, and not side by side. */
  readonly stacked?: boolean;
  readonly marks: readonly Mark[];
  /** How figures are written at the axis, and where the pointer is. */
  readonly short: (value: Maybe<number>) => string;
  readonly exact: (value: Maybe<number>) => string;
}

/** Bars over a scale of strikes, with marks. Where a figure is missing, there is no bar. */
export function barsByStrike(
  { strikes, bars, stacked = false, marks, short, exact }: BarsByStrike,
  format: ProductFormat,
  theme: ChartTheme,
  { width }: Size,
): EChartsOption {
  const base = chartBase(theme);
  const look = axisLook(theme);
  const span = strikeSpan(strikes) ?? { from: 0, to: 1 };
  const placed = placeMarks(marks, span, width, format, theme);
  const written = (index: number): readonly string[] => [
    `Strike ${format.strike(strikes[index])}`,
    ...bars.map(({ name, values }) => `${name}  ${exact(values[index])}`),
  ];
  return {
    ...base,
    legend: { ...base.legend, show: bars.length > 1 },
    grid: { ...base.grid, top: (bars.length > 1 ? LEGEND : 0) + placed.height },
    tooltip: { ...base.tooltip, formatter: textAt(written) },
    xAxis: strikeAxis(span, format, theme),
    yAxis: { type: 'value', ...look, axisLabel: { ...look.axisLabel, formatter: short } },
    series: [...bars.map((each) => barSeries(each, strikes, stacked)), placed.series],
  };
}

function barSeries(
  { name, values, colour }: StrikeBars,
  strikes: readonly number[],
  stacked: boolean,
): SeriesOption {
  const colourOf = (value: Maybe<number>): string =>
    typeof colour === 'string' ? colour : colour(value ?? 0);
  return {
    type: 'bar',
    name,
    ...(stacked && { stack: 'strike' }),
    barGap: '0%',
    barCategoryGap: '24%',
    barMaxWidth: 28,
    itemStyle: { color: colourOf(1) },
    emphasis: { disabled: true },
    data: values.map((value, at) => ({
      value: [strikes[at], value ?? null],
      itemStyle: { color: colourOf(value) },
    })),
  };
}
