/** The upright axis of charts of volatility. */
import type { ProductFormat } from '../format/product-format';
import { axisLook } from './base';
import type { ValueAxis } from './echarts';
import type { ChartTheme } from './theme';
import { roundStep } from './ticks';

/** The least range of the axis: what is flat shall not look like a mountain. Two points. */
const LEAST_RANGE = 0.02;

const STEPS = 5;

interface Extent {
  readonly min: number;
  readonly max: number;
  readonly interval: number;
}

/** Round ends about some volatilities, and a round step between them. */
export function volatilityExtent(volatilities: readonly (number | null | undefined)[]): Extent {
  const known = volatilities.filter((iv) => iv != null);
  const [least, greatest] = known.length === 0 ? [0, 0] : [Math.min(...known), Math.max(...known)];
  const range = Math.max(greatest - least, LEAST_RANGE);
  const middle = (least + greatest) / 2;
  const interval = roundStep(range / STEPS);
  return {
    min: Math.max(0, Math.floor((middle - range / 2) / interval) * interval),
    max: Math.ceil((middle + range / 2) / interval) * interval,
    interval,
  };
}

/** An axis on which all of these volatilities have their place. */
export function volatilityAxis(
  volatilities: readonly (number | null | undefined)[],
  format: ProductFormat,
  theme: ChartTheme,
): ValueAxis {
  const look = axisLook(theme);
  return {
    type: 'value',
    ...volatilityExtent(volatilities),
    ...look,
    axisLine: { show: false },
    axisLabel: { ...look.axisLabel, formatter: volatilityText(format) },
  };
}

/** A volatility with its unit; a dash where there is none. */
export function volatilityText(format: ProductFormat): (value: unknown) => string {
  return (value) =>
    typeof value === 'number' ? `${format.volatility(value)} %` : format.volatility(undefined);
}
