/** The surface, flat: as a heat map of expiries by moneyness, and as the smiles of all expiries. */
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { chartBase } from './base';
import { colourScale, scaleColours } from './colour-scale';
import { expiryNames } from './dates';
import type { Size } from './drawing';
import type { EChartsOption } from './echarts';
import { distanceOf, fittedRow, type SurfaceOnGrid } from './moneyness';
import {
  distanceText,
  labelsIn,
  moneynessAxis,
  moneynessTicks,
  roundDistanceText,
} from './moneyness-axis';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { textAt } from './tooltip';
import { volatilityAxis, volatilityText } from './volatility-axis';

/** One cell of the heat map: its column, its row, and the volatility there. */
type HeatCell = readonly [column: number, row: number, volatility: number];

/** The least and the greatest fitted volatility; absent where nothing is fitted. */
export function volatilityRange(
  fitted: SurfaceOnGrid,
): readonly [least: number, greatest: number] | undefined {
  const known = fitted.surface.expiries
    .flatMap(({ expiry }) => fittedRow(fitted, expiry))
    .filter((iv) => iv !== null);
  return known.length === 0 ? undefined : [Math.min(...known), Math.max(...known)];
}

/** The cells that are known; where nothing is quoted there is none. */
export function heatCells(fitted: SurfaceOnGrid): readonly HeatCell[] {
  return fitted.surface.expiries.flatMap(({ expiry }, row) =>
    fittedRow(fitted, expiry).flatMap((iv, column) =>
      iv === null ? [] : [[column, row, iv] as const],
    ),
  );
}

export function heatMapOption(fitted: SurfaceOnGrid, format: ProductFormat) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const { colours, font } = theme;
    const base = chartBase(theme);
    const cells = heatCells(fitted);
    const [min = 0, max = 1] = volatilityRange(fitted) ?? [];
    const write = volatilityText(format);
    return {
      ...base,
      legend: { show: false },
      grid: { ...base.grid, top: 36, bottom: 28 },
      tooltip: {
        ...base.tooltip,
        trigger: 'item',
        formatter: textAt((index) => describeCell(fitted, cells[index], format)),
      },
      xAxis: columnAxis(fitted.moneyness, width, format, theme),
      yAxis: {
        ...categoryLook(theme),
        data: [...expiryNames(fitted.surface.expiries.map(({ expiry }) => expiry))],
      },
      visualMap: {
        type: 'continuous',
        min,
        max,
        orient: 'horizontal',
        top: 0,
        left: 'center',
        itemWidth: 10,
        itemHeight: 140,
        text: [write(max), write(min)],
        textStyle: { color: colours.muted, fontFamily: font, fontSize: 11 },
        inRange: { color: [...scaleColours(theme)] },
      },
      series: [
        {
          type: 'heatmap',
          name: 'Fitted volatility',
          data: cells.map((cell) => [...cell]),
          emphasis: { itemStyle: { borderColor: colours.text, borderWidth: 1 } },
        },
      ],
    };
  };
}

function describeCell(
  { surface, moneyness }: SurfaceOnGrid,
  cell: HeatCell | undefined,
  format: ProductFormat,
): readonly string[] {
  if (cell === undefined) return [];
  const [column, row, volatility] = cell;
  return [
    calendarDate(surface.expiries[row]?.expiry ?? ''),
    `${distanceText(format)(moneyness[column] ?? NaN)} from the forward`,
    volatilityText(format)(volatility),
  ];
}

/** The columns of the grid; those next to a round distance from the forward say it. */
function columnAxis(
  moneyness: readonly number[],
  width: number,
  format: ProductFormat,
  theme: ChartTheme,
) {
  const step = (moneyness[1] ?? 1) - (moneyness[0] ?? 0);
  const texts = new Map(
    moneynessTicks(moneyness, labelsIn(width)).map((tick) => [
      Math.round((tick - (moneyness[0] ?? 0)) / step),
      roundDistanceText(format)(tick),
    ]),
  );
  const look = categoryLook(theme);
  return {
    ...look,
    data: moneyness.map((_, column) => String(column)),
    name: 'Strike, from the forward',
    nameLocation: 'middle' as const,
    nameGap: 28,
    nameTextStyle: look.axisLabel,
    axisLabel: {
      ...look.axisLabel,
      interval: (column: number) => texts.has(column),
      formatter: (_: string, column: number) => texts.get(column) ?? '',
    },
  };
}

function categoryLook({ colours, font }: ChartTheme) {
  return {
    type: 'category' as const,
    axisLine: { lineStyle: { color: colours['line-strong'] } },
    axisTick: { show: false },
    splitLine: { show: false },
    axisLabel: { color: colours.muted, fontFamily: font, fontSize: 11 },
  };
}

export function slicesOption(fitted: SurfaceOnGrid, format: ProductFormat) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const base = chartBase(theme);
    const { moneyness, surface } = fitted;
    const expiries = surface.expiries.map(({ expiry }) => expiry);
    const rows = expiries.map((expiry) => fittedRow(fitted, expiry));
    const names = expiryNames(expiries);
    const colourAt = colourScale(scaleColours(theme).slice(1));
    return {
      ...base,
      grid: { ...base.grid, top: 36, bottom: 28 },
      tooltip: { ...base.tooltip, valueFormatter: volatilityText(format) },
      xAxis: moneynessAxis(moneyness, width, format, theme),
      yAxis: volatilityAxis(rows.flat(), format, theme),
      series: rows.map((row, at) => {
        const color = colourAt(at / Math.max(1, rows.length - 1));
        return {
          type: 'line' as const,
          name: names[at] ?? '',
          symbol: 'none',
          lineStyle: { color, width: 2 },
          itemStyle: { color },
          data: row.map((iv, column) => [moneyness[column] ?? null, iv]),
        };
      }),
    };
  };
}

/** The grid: a row a moneyness, a column an expiry. */
export function surfaceTable(fitted: SurfaceOnGrid, format: ProductFormat): FigureTable {
  const { moneyness, surface } = fitted;
  const rows = surface.expiries.map(({ expiry }) => fittedRow(fitted, expiry));
  const names = expiryNames(surface.expiries.map(({ expiry }) => expiry));
  return {
    columns: [
      { heading: 'Strike, from the forward', write: format.percentChange },
      ...names.map((name) => ({ heading: `IV %, ${name}`, write: format.volatility })),
    ],
    rows: moneyness.map((k, column) => [distanceOf(k), ...rows.map((row) => row[column])]),
  };
}
