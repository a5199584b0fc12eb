/** Candlesticks, and below them what was traded. */
import type { Candle } from '../contract/types';
import type { ProductFormat } from '../format/product-format';
import { axisLook, chartBase } from './base';
import { describe, traded } from './candle-words';
import type { Size } from './drawing';
import type { EChartsOption } from './echarts';
import type { ChartTheme } from './theme';
import { wallClockOf } from './ticks';
import { textAt } from './tooltip';

/** Of a candle, in pixels: the first of a session is not to fill the chart. */
const WIDEST = 24;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Minutes between labels, by the length of the candles. */
const LABEL_EVERY = { 1: 10, 5: 30, 15: 120, 30: 240 } as const;

/** Which part of the candles is seen, in percent of all. */
export interface Zoom {
  readonly start: number;
  readonly end: number;
}

/** Pixels of a character of the figures beside the axes, at most. */
const CHARACTER = 6.5;

/** The share of a chart's height that the bars below the candles take. */
const BARS = 0.18;

/**
 * Candles side by side. Within a session each window has its place; where a session has ended, the
 * next one follows, behind a line.
 *
 * `opening` gives what is seen at first; later it gives nothing, and the reader's zoom stays.
 */
export function candlesOption(
  candles: readonly Candle[],
  format: ProductFormat,
  opening: () => Zoom | undefined,
) {
  return (theme: ChartTheme, { height }: Size): EChartsOption => {
    const { colours } = theme;
    const base = chartBase(theme);
    const bars = Math.round(height * BARS);
    const volumes = traded(candles);
    // Both grids leave the same room for figures, so that bars stand below their candles.
    const right = 20 + CHARACTER * format.price(candles.at(-1)?.high).length;
    return {
      ...base,
      legend: { show: false },
      grid: [
        { left: 12, right, top: 12, bottom: bars + 44 },
        { left: 12, right, bottom: 4, height: bars },
      ],
      tooltip: { ...base.tooltip, formatter: textAt((index) => describe(candles, index, format)) },
      axisPointer: { link: [{ xAxisIndex: 'all' }] },
      xAxis: timeAxes(candles, format, theme),
      yAxis: [
        priceAxis(format, theme),
        { ...quantityAxis(volumes.name, format, theme), gridIndex: 1 },
      ],
      dataZoom: [{ type: 'inside', xAxisIndex: [0, 1], minValueSpan: 10, ...opening() }],
      series: [
        {
          type: 'candlestick',
          name: 'Price',
          barMaxWidth: WIDEST,
          data: candles.map((candle) => stick(candle, theme)),
          markLine: { symbol: 'none', silent: true, data: sessionBreaks(candles, theme) },
        },
        {
          type: 'bar',
          name: volumes.name,
          barMaxWidth: WIDEST,
          xAxisIndex: 1,
          yAxisIndex: 1,
          itemStyle: { color: colours['line-strong'] },
          data: volumes.values.map((value) => value ?? '-'),
        },
      ],
    };
  };
}

/** A rise is hollow and a fall is full, so that colour alone says nothing. */
function stick(candle: Candle, { colours }: ChartTheme) {
  const { open, close, low, high, imputed } = candle;
  const isRise = close >= open;
  const border = imputed ? colours['line-strong'] : isRise ? colours.up : colours.down;
  const fill = isRise ? colours.surface : border;
  return {
    value: [open, close, low, high],
    itemStyle: {
      color: fill,
      color0: fill,
      borderColor: border,
      borderColor0: border,
      borderColorDoji: border,
    },
  };
}

/** A line before each candle that does not follow on the one before it. */
function sessionBreaks(candles: readonly Candle[], { colours }: ChartTheme) {
  return breaksOf(candles).map((index) => ({
    xAxis: index,
    lineStyle: { color: colours['line-strong'], width: 1, type: 'dotted' as const },
    label: { show: false },
  }));
}

/** The indices of candles before which time has passed without any. */
export function breaksOf(candles: readonly Candle[]): readonly number[] {
  return candles.flatMap((candle, index) => {
    const before = candles[index - 1];
    if (before === undefined) return [];
    const passed = Date.parse(candle.start) - Date.parse(before.start);
    return passed > candle.window_minutes * MINUTE ? [index] : [];
  });
}

function timeAxes(candles: readonly Candle[], format: ProductFormat, theme: ChartTheme) {
  const labels = labelledCandles(candles, format);
  const axis = {
    type: 'category' as const,
    data: candles.map(({ start }) => start),
    axisLine: { lineStyle: { color: theme.colours['line-strong'] } },
    axisTick: { show: false },
    splitLine: { show: false },
  };
  const axisLabel = {
    color: theme.colours.muted,
    fontFamily: theme.font,
    fontSize: 11,
    hideOverlap: true,
    interval: (index: number) => labels.has(index),
    formatter: (_: string, index: number) => labels.get(index) ?? '',
  };
  return [
    { ...axis, gridIndex: 0, axisLabel },
    { ...axis, gridIndex: 1, axisLabel: { show: false } },
  ];
}

/** Labels at round times of the exchange's clock, and the day where one begins. */
export function labelledCandles(
  candles: readonly Candle[],
  format: ProductFormat,
): ReadonlyMap<number, string> {
  const wallClock = wallClockOf(format.timeZone);
  const labels = new Map<number, string>();
  let dayBefore: number | undefined;
  candles.forEach(({ start, window_minutes: window }, index) => {
    const instant = Date.parse(start);
    const wall = wallClock(instant);
    const day = Math.floor(wall / DAY);
    if (dayBefore !== undefined && day !== dayBefore) labels.set(index, format.day(instant));
    else if (wall % (LABEL_EVERY[window] * MINUTE) === 0) labels.set(index, format.minute(instant));
    dayBefore = day;
  });
  return labels;
}

function priceAxis(format: ProductFormat, theme: ChartTheme) {
  const look = axisLook(theme);
  return {
    type: 'value' as const,
    scale: true,
    position: 'right' as const,
    ...look,
    axisLabel: { ...look.axisLabel, formatter: format.price },
  };
}

function quantityAxis(name: string, format: ProductFormat, theme: ChartTheme) {
  const look = axisLook(theme);
  return {
    type: 'value' as const,
    position: 'right' as const,
    name,
    nameGap: 6,
    splitNumber: 2,
    ...look,
    axisLabel: { ...look.axisLabel, formatter: format.shortQuantity },
  };
}
