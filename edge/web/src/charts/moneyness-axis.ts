/** The axis of charts by moneyness, labelled by how far a strike is from the forward. */
import type { ProductFormat } from '../format/product-format';
import { axisLook } from './base';
import type { ValueAxis } from './echarts';
import { distanceOf } from './moneyness';
import type { ChartTheme } from './theme';
import { roundTicks } from './ticks';
import { pointerLabel } from './tooltip';

/** Pixels that a label takes, with the room around it. */
const LABEL = 72;

/** As many labels as there is room for, with two at least. */
export function labelsIn(width: number): number {
  return Math.max(2, Math.floor(width / LABEL));
}

/** Moneyness, ln(strike / forward), at round distances from the forward; at most so many. */
export function moneynessTicks(moneyness: readonly number[], count: number): readonly number[] {
  const low = distanceOf(moneyness[0] ?? 0);
  const high = distanceOf(moneyness.at(-1) ?? 0);
  return roundTicks(low, high, count).map((distance) => Math.log1p(distance));
}

/** Writes how far a strike of this moneyness is from the forward, in full. */
export function distanceText(format: ProductFormat): (moneyness: number) => string {
  return (moneyness) => format.percentChange(distanceOf(moneyness));
}

/** The same for a round distance, with no more digits than it has. */
export function roundDistanceText(format: ProductFormat): (moneyness: number) => string {
  return (moneyness) => {
    const percent = Number((100 * distanceOf(moneyness)).toPrecision(6));
    return `${percent > 0 ? '+' : ''}${format.strike(percent)}%`;
  };
}

export function moneynessAxis(
  moneyness: readonly number[],
  width: number,
  format: ProductFormat,
  theme: ChartTheme,
): ValueAxis {
  const look = axisLook(theme);
  const customValues = [...moneynessTicks(moneyness, labelsIn(width))];
  return {
    type: 'value',
    min: moneyness[0] ?? -1,
    max: moneyness.at(-1) ?? 1,
    name: 'Strike, from the forward',
    nameLocation: 'middle',
    nameGap: 28,
    ...look,
    axisLine: { ...look.axisLine, onZero: false },
    axisTick: { ...look.axisTick, customValues },
    axisLabel: { ...look.axisLabel, customValues, formatter: roundDistanceText(format) },
    axisPointer: pointerLabel(distanceText(format)),
  };
}
