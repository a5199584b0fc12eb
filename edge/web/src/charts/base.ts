/** What all our charts have in common: their frame, their axes, their tooltips. */
import type { AxisLook, EChartsOption, MarkedLine } from './echarts';
import type { ChartTheme } from './theme';

/** One component, and not several of its kind. */
type Single<Components> = Exclude<NonNullable<Components>, readonly unknown[]>;

/** The option that our charts begin with: one grid, one legend, one tooltip. */
export interface ChartBase extends EChartsOption {
  readonly grid: Single<EChartsOption['grid']>;
  readonly legend: Single<EChartsOption['legend']>;
  readonly tooltip: Single<EChartsOption['tooltip']>;
}

/** The parts of an option that no chart needs to say again. */
export function chartBase({ colours, font }: ChartTheme): ChartBase {
  return {
    // A tick is not a reason to move everything: figures jump to where they are.
    animation: false,
    backgroundColor: 'transparent',
    textStyle: { fontFamily: font, color: colours.muted },
    grid: { left: 12, right: 16, top: 36, bottom: 12, outerBoundsMode: 'same' },
    legend: {
      top: 0,
      left: 0,
      itemWidth: 14,
      itemHeight: 8,
      textStyle: { color: colours.muted, fontFamily: font },
      inactiveColor: colours['line-strong'],
    },
    tooltip: {
      trigger: 'axis',
      // The other mode writes HTML with style attributes, which a strict policy forbids.
      renderMode: 'richText',
      confine: true,
      backgroundColor: colours.raised,
      borderColor: colours['line-strong'],
      textStyle: { color: colours.text, fontFamily: font, fontSize: 12 },
      axisPointer: { lineStyle: { color: colours['line-strong'] } },
    },
  };
}

/** The look of an axis; its type and its labels are the chart's own. */
export function axisLook({ colours, font }: ChartTheme): AxisLook {
  return {
    axisLine: { lineStyle: { color: colours['line-strong'] } },
    axisTick: { show: false },
    axisLabel: { color: colours.muted, fontFamily: font, fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: colours.line } },
    nameTextStyle: { color: colours.muted, fontFamily: font, fontSize: 11 },
  };
}

/** A vertical line with a name, such as spot or max pain. */
export function markedLine(
  name: string,
  at: number | string,
  colour: string,
  { font }: ChartTheme,
): MarkedLine {
  return {
    name,
    xAxis: at,
    lineStyle: { color: colour, width: 1.5, type: 'dashed' },
    label: { formatter: name, color: colour, fontFamily: font, fontSize: 11 },
  };
}
