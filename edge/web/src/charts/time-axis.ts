/** The axis of charts over time: instants, labelled by the clock of the exchange. */
import type { ProductFormat } from '../format/product-format';
import { axisLook } from './base';
import type { ValueAxis } from './echarts';
import type { ChartTheme } from './theme';
import { timeTicks } from './ticks';
import { pointerLabel } from './tooltip';

/** Pixels that a label of the axis takes, with the room around it. */
const LABEL = 84;

const DAY = 24 * 60 * 60 * 1000;

/** A stretch of time, in milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

export function timeAxis(
  { from, to }: Period,
  width: number,
  format: ProductFormat,
  theme: ChartTheme,
): ValueAxis {
  const look = axisLook(theme);
  const count = Math.max(2, Math.floor(width / LABEL));
  const customValues = [...timeTicks(from, to, format.timeZone, count)];
  const write = instantWriter(customValues, format);
  return {
    type: 'value',
    min: from,
    max: to,
    ...look,
    axisTick: { ...look.axisTick, customValues },
    axisLabel: { ...look.axisLabel, customValues, formatter: write },
    axisPointer: pointerLabel(format.moment),
  };
}

/** Writes the time of day, and the day where a new one begins. */
export function instantWriter(
  instants: readonly number[],
  format: ProductFormat,
): (instant: number) => string {
  const [first, second] = instants;
  const areDays = first !== undefined && second !== undefined && second - first >= DAY - 1;
  const firstOfDays = new Set(
    instants.filter((instant, at) => {
      const before = instants[at - 1];
      return before !== undefined && format.day(before) !== format.day(instant);
    }),
  );
  return (instant) =>
    areDays || firstOfDays.has(instant) ? format.day(instant) : format.minute(instant);
}
