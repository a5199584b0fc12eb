/** The max-pain curve: what is paid out at expiry, by the price of the underlying then. */
import type { MaxPain } from '../contract/types';
import type { ProductFormat } from '../format';
import { axisLook, chartBase, markedLine } from './base';
import type { EChartsOption } from './echarts';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';

/** Calls, puts and both together, with spot and the strike of least payout. */
export function painOption(answer: MaxPain, format: ProductFormat) {
  return (theme: ChartTheme): EChartsOption => {
    const { colours } = theme;
    const { curve, max_pain_strike: least, spot_price: spot } = answer;
    const line = (
      name: string,
      colour: string,
      member: 'call_pain' | 'put_pain' | 'total_pain',
    ) => ({
      type: 'line' as const,
      name,
      showSymbol: false,
      lineStyle: { color: colour, width: member === 'total_pain' ? 2.5 : 1.5 },
      itemStyle: { color: colour },
      data: curve.map((point) => [point.strike, point[member]]),
    });
    const marks = [
      ...(spot == null ? [] : [markedLine('Spot', spot, colours.accent, theme)]),
      ...(least == null ? [] : [markedLine('Max pain', least, colours.notice, theme)]),
    ];
    return {
      ...chartBase(theme),
      xAxis: {
        type: 'value',
        scale: true,
        ...axisLook(theme),
        axisLabel: { ...axisLook(theme).axisLabel, formatter: format.strike },
      },
      yAxis: {
        type: 'value',
        ...axisLook(theme),
        axisLabel: { ...axisLook(theme).axisLabel, formatter: format.shortQuantity },
      },
      series: [
        line('Calls', colours.call, 'call_pain'),
        line('Puts', colours.put, 'put_pain'),
        {
          ...line('Total', colours.text, 'total_pain'),
          markLine: { symbol: 'none', silent: true, data: marks },
        },
      ],
    };
  };
}

/** The curve, a row a strike. */
export function painTable({ curve }: MaxPain, format: ProductFormat): FigureTable {
  return {
    columns: [
      { heading: 'Price at expiry', write: format.strike },
      { heading: 'Calls are paid', write: format.quantity },
      { heading: 'Puts are paid', write: format.quantity },
      { heading: 'Total', write: format.quantity },
    ],
    rows: curve.map((point) => [point.strike, point.call_pain, point.put_pain, point.total_pain]),
  };
}
