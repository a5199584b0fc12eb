/** The axis of charts by strike: a scale of prices, on which spot stands where it is. */
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { axisLook } from './base';
import type { ValueAxis } from './echarts';
import type { ChartTheme } from './theme';

/** A stretch of prices. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * From half a step below the lowest strike to half a step above the highest, so that their bars
 * are whole; wider where one of the prices in `also` lies outside. Absent without a strike.
 */
export function strikeSpan(
  strikes: readonly number[],
  also: readonly Maybe<number>[] = [],
): Span | undefined {
  if (strikes.length === 0) return undefined;
  const prices = [...strikes, ...also.filter((price) => price != null)];
  const margin = leastStep(strikes) / 2;
  return { from: Math.min(...prices) - margin, to: Math.max(...prices) + margin };
}

/** The least distance between neighbours; of a single strike, a hundredth of it. */
function leastStep(ascending: readonly number[]): number {
  const steps = ascending.slice(1).map((strike, at) => strike - (ascending[at] ?? strike));
  return steps.length > 0 ? Math.min(...steps) : (ascending[0] ?? 0) / 100;
}

/** The axis over a span. Its ends are no round prices, and are not labelled. */
export function strikeAxis(
  { from, to }: Span,
  { strike }: ProductFormat,
  theme: ChartTheme,
): ValueAxis {
  const look = axisLook(theme);
  return {
    type: 'value',
    min: from,
    max: to,
    ...look,
    axisLine: { ...look.axisLine, onZero: false },
    axisLabel: {
      ...look.axisLabel,
      formatter: strike,
      showMinLabel: false,
      showMaxLabel: false,
    },
    splitLine: { show: false },
  };
}
