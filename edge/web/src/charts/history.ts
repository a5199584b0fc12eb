/** How put-call ratios and max pain have changed. */
import type { MaxPainPoint, PutCallRatio } from '../contract/types';
import type { Maybe } from '../format/absent';
import { exchangeTime } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { withGaps, type Dated } from '../state/series';
import { axisLook, chartBase, markedLine } from './base';
import type { Size } from './drawing';
import type { EChartsOption, SeriesOption } from './echarts';
import type { FigureTable } from './table';
import type { ChartTheme, ColourName } from './theme';
import { timeAxis } from './time-axis';
import { valueText } from './tooltip';

export interface RatioPoint extends Dated, Partial<Pick<PutCallRatio, 'pcr_oi' | 'pcr_volume'>> {}

export interface PainPoint
  extends Dated, Partial<Pick<MaxPainPoint, 'max_pain_strike' | 'spot_price'>> {}

/** A series, and from how many milliseconds on a pause in it is a gap. */
export interface History<Point extends Dated> {
  readonly points: readonly Point[];
  readonly longestPause: number;
}

/** One line of a history. */
export interface HistoryLine<Point> {
  readonly name: string;
  readonly colour: ColourName;
  /** Its name in the contract. */
  readonly field: string;
  readonly value: (point: Point) => Maybe<number>;
  readonly write: (value: Maybe<number>, format: ProductFormat) => string;
  readonly formula: string;
  readonly convention: string;
  /** Whether it keeps its value until it has another, and does not slide there. */
  readonly stepped?: boolean;
}

export const RATIO_LINES: readonly HistoryLine<RatioPoint>[] = [
  {
    name: 'PCR by open interest',
    colour: 'accent',
    field: 'pcr_oi',
    value: (point) => point.pcr_oi,
    write: (value, format) => format.ratio(value),
    formula: 'open interest of all puts ÷ open interest of all calls',
    convention: 'Over all listed strikes of the expiry.',
  },
  {
    name: 'PCR by volume',
    colour: 'notice',
    field: 'pcr_volume',
    value: (point) => point.pcr_volume,
    write: (value, format) => format.ratio(value),
    formula: 'volume of all puts ÷ volume of all calls',
    convention: 'Over all listed strikes of the expiry; volume is that of the day so far.',
  },
];

export const PAIN_LINES: readonly HistoryLine<PainPoint>[] = [
  {
    name: 'Spot',
    colour: 'accent',
    field: 'spot_price',
    value: (point) => point.spot_price,
    write: (value, format) => format.price(value),
    formula: 'as the source states it in the chain',
    convention: 'The price of the underlying at the time of each chain.',
  },
  {
    name: 'Max pain',
    colour: 'notice',
    field: 'max_pain_strike',
    value: (point) => point.max_pain_strike,
    write: (value, format) => format.strike(value),
    formula:
      'the listed strike k at which Σ callOI · max(k − K, 0) + Σ putOI · max(K − k, 0) is least',
    convention: 'The lowest of several; as if every open contract were held to expiry.',
    stepped: true,
  },
];

/** Both ratios, and the line at which there are as many puts as calls. */
export function ratioHistoryOption(history: History<RatioPoint>, format: ProductFormat) {
  return (theme: ChartTheme, size: Size): EChartsOption => {
    const option = historyOption(history, RATIO_LINES, format.ratio, format, theme, size);
    return { ...option, series: [...option.series, evenLine(theme)] };
  };
}

/** The strike of least payout, and how far spot is from it. */
export function painHistoryOption(history: History<PainPoint>, format: ProductFormat) {
  return (theme: ChartTheme, size: Size): EChartsOption =>
    historyOption(history, PAIN_LINES, format.price, format, theme, size);
}

function historyOption<Point extends Dated>(
  { points, longestPause }: History<Point>,
  lines: readonly HistoryLine<Point>[],
  write: (value: Maybe<number>) => string,
  format: ProductFormat,
  theme: ChartTheme,
  { width }: Size,
): EChartsOption & { series: SeriesOption[] } {
  const base = chartBase(theme);
  const look = axisLook(theme);
  const broken = withGaps(points, longestPause);
  const period = { from: points[0]?.at ?? 0, to: points.at(-1)?.at ?? 1 };
  return {
    ...base,
    tooltip: { ...base.tooltip, valueFormatter: valueText(write) },
    xAxis: timeAxis(period, width, format, theme),
    yAxis: {
      type: 'value',
      scale: true,
      boundaryGap: ['6%', '6%'],
      ...look,
      axisLabel: { ...look.axisLabel, formatter: write },
    },
    series: lines.map(({ name, colour, value, stepped = false }) => ({
      type: 'line',
      name,
      symbol: points.length === 1 ? 'circle' : 'none',
      ...(stepped && { step: 'end' as const }),
      lineStyle: { color: theme.colours[colour], width: 2 },
      itemStyle: { color: theme.colours[colour] },
      // A gap has no figures at all.
      data: broken.map((point) => [point.at, value(point as Point) ?? null]),
    })),
  };
}

function evenLine(theme: ChartTheme): SeriesOption {
  const { lineStyle, label } = markedLine('Even', 0, theme.colours.muted, theme);
  return {
    type: 'line',
    data: [],
    markLine: {
      symbol: 'none',
      silent: true,
      data: [
        {
          yAxis: 1,
          ...(lineStyle && { lineStyle }),
          label: { ...label, position: 'insideEndTop', formatter: 'As many puts as calls' },
        },
      ],
    },
  };
}

/** A row a point. */
export function ratioHistoryTable(
  { points }: History<RatioPoint>,
  format: ProductFormat,
): FigureTable {
  return historyTable(points, RATIO_LINES, format);
}

/** A row a point. */
export function painHistoryTable(
  { points }: History<PainPoint>,
  format: ProductFormat,
): FigureTable {
  return historyTable(points, PAIN_LINES, format);
}

function historyTable<Point extends Dated>(
  points: readonly Point[],
  lines: readonly HistoryLine<Point>[],
  format: ProductFormat,
): FigureTable {
  return {
    columns: [
      { heading: 'Time' },
      ...lines.map(({ name, write }) => ({
        heading: name,
        write: (value: Maybe<number>) => write(value, format),
      })),
    ],
    rows: points.map((point) => [
      exchangeTime(point.at, format.timeZone),
      ...lines.map(({ value }) => value(point)),
    ]),
  };
}
