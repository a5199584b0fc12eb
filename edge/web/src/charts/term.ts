/** The term structure: volatility at the money by time to expiry. */
import type { SurfaceSlice, VolatilitySurface } from '../contract/types';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { axisLook, chartBase } from './base';
import { expiryNames } from './dates';
import type { EChartsOption, SeriesOption } from './echarts';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { pointerLabel, textAt } from './tooltip';
import { volatilityAxis, volatilityText } from './volatility-axis';

const DAYS_A_YEAR = 365;

/** The horizon of the contract's constant maturity, in days. */
const CONSTANT_MATURITY = 30;

/** As many expiries as can be named beside their points. */
const MOST_NAMED = 8;

function daysOf({ years_to_expiry: years }: SurfaceSlice): number {
  return years * DAYS_A_YEAR;
}

export function termOption(surface: VolatilitySurface, format: ProductFormat) {
  return (theme: ChartTheme): EChartsOption => {
    const { colours, font } = theme;
    const base = chartBase(theme);
    const look = axisLook(theme);
    const { expiries, constant_maturity_iv: constant } = surface;
    const names = expiryNames(expiries.map(({ expiry }) => expiry));
    return {
      ...base,
      grid: { ...base.grid, top: 40, right: 32, bottom: 28 },
      tooltip: { ...base.tooltip, valueFormatter: volatilityText(format) },
      xAxis: {
        type: 'value',
        name: 'Days to expiry',
        nameLocation: 'middle',
        min: 0,
        ...look,
        nameGap: 28,
        axisLabel: { ...look.axisLabel, formatter: format.strike },
        axisPointer: pointerLabel((days) => horizonName(days, expiries, format)),
      },
      yAxis: volatilityAxis([...expiries.map((slice) => slice.atm_iv), constant], format, theme),
      series: [
        {
          type: 'line',
          name: 'At the money',
          symbolSize: 8,
          lineStyle: { color: colours.accent, width: 2 },
          itemStyle: { color: colours.accent },
          label: {
            show: expiries.length <= MOST_NAMED,
            formatter: textAt((at) => [names[at] ?? '']),
            color: colours.muted,
            fontFamily: font,
            fontSize: 11,
          },
          data: expiries.map((slice) => [daysOf(slice), slice.atm_iv ?? null]),
        },
        ...(constant == null ? [] : [constantMaturity(constant, theme)]),
      ],
    };
  };
}

function constantMaturity(volatility: number, { colours }: ChartTheme): SeriesOption {
  return {
    type: 'scatter',
    name: 'Constant maturity, 30 days',
    symbol: 'diamond',
    symbolSize: 13,
    itemStyle: { color: colours.notice },
    data: [[CONSTANT_MATURITY, volatility]],
  };
}

/** The expiry at the pointer, or the horizon between expiries. */
function horizonName(
  days: number,
  expiries: readonly SurfaceSlice[],
  format: ProductFormat,
): string {
  const found = expiries.find((slice) => Math.abs(daysOf(slice) - days) < 1e-6);
  const horizon = `${format.strike(Math.round(days * 10) / 10)} days`;
  return found === undefined ? horizon : `${calendarDate(found.expiry)} · ${horizon}`;
}

/** A row an expiry. */
export function termTable({ expiries }: VolatilitySurface, format: ProductFormat): FigureTable {
  return {
    columns: [
      { heading: 'Expiry' },
      { heading: 'Days', write: format.quantity },
      { heading: 'Forward', write: format.price },
      { heading: 'ATM IV, %', write: format.volatility },
      { heading: 'Fit error', write: format.percent },
    ],
    rows: expiries.map((slice) => [
      slice.expiry,
      daysOf(slice),
      slice.forward,
      slice.atm_iv,
      slice.fit_error,
    ]),
  };
}
