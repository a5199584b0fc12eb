/** The max-pain curve: what is paid out at expiry, by the price of the underlying then. */
import type { MaxPain } from '../contract/types';
import type { ProductFormat } from '../format/product-format';
import { axisLook, chartBase } from './base';
import type { Size } from './drawing';
import type { EChartsOption, LineSeriesOption } from './echarts';
import { placeMarks, type Mark } from './marks';
import { strikeAxis, strikeSpan } from './strike-axis';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { textAt } from './tooltip';

/** Calls, puts and both together, with spot and the strike of least payout. */
export function painOption(answer: MaxPain, format: ProductFormat) {
  return (theme: ChartTheme, { width }: Size): EChartsOption => {
    const { colours } = theme;
    const { curve } = answer;
    const base = chartBase(theme);
    const look = axisLook(theme);
    const span = strikeSpan(curve.map(({ strike }) => strike)) ?? { from: 0, to: 1 };
    const marks = placeMarks(marksOf(answer), span, width, format, theme);
    const line = (name: string, colour: string, member: PainMember): LineSeriesOption => ({
      type: 'line',
      name,
      showSymbol: false,
      lineStyle: { color: colour, width: member === 'total_pain' ? 2.5 : 1.5 },
      itemStyle: { color: colour },
      emphasis: { disabled: true },
      data: curve.map((point) => [point.strike, point[member]]),
    });
    return {
      ...base,
      grid: { ...base.grid, top: 26 + marks.height },
      tooltip: { ...base.tooltip, formatter: textAt((at) => pointText(answer, at, format)) },
      xAxis: strikeAxis(span, format, theme),
      yAxis: {
        type: 'value',
        ...look,
        axisLabel: { ...look.axisLabel, formatter: format.shortQuantity },
      },
      series: [
        line('Calls', colours.call, 'call_pain'),
        line('Puts', colours.put, 'put_pain'),
        line('Total', colours.text, 'total_pain'),
        marks.series,
      ],
    };
  };
}

type PainMember = 'call_pain' | 'put_pain' | 'total_pain';

/** Spot and max pain; where strikes tie, the lowest and the highest of them. */
function marksOf({ spot_price, max_pain_strike: least, max_pain_ties: ties }: MaxPain): Mark[] {
  const last = ties.at(-1);
  return [
    { name: 'Spot', at: spot_price, colour: 'accent' },
    { name: 'Max pain', at: least, colour: 'notice' },
    ...(last === least ? [] : [{ name: 'Equal up to', at: last, colour: 'notice' as const }]),
  ];
}

function pointText(
  { curve }: MaxPain,
  at: number,
  { strike, quantity }: ProductFormat,
): readonly string[] {
  const point = curve[at];
  return [
    `Price at expiry ${strike(point?.strike)}`,
    `Calls are paid  ${quantity(point?.call_pain)}`,
    `Puts are paid  ${quantity(point?.put_pain)}`,
    `Total  ${quantity(point?.total_pain)}`,
  ];
}

/** The curve in a sentence. */
export function painSummary(answer: MaxPain, format: ProductFormat): string {
  const { max_pain_strike: strike, max_pain_ties: ties, distance_pct: percent } = answer;
  if (strike == null) return 'No strike has open interest, so there is no max pain.';
  const others = ties.length > 1 ? `, and just as low up to ${format.strike(ties.at(-1))}` : '';
  const away = percent == null ? '' : `, ${format.percentChange(percent / 100)} from spot`;
  return `The total payout is least at ${format.strike(strike)}${away}${others}.`;
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
