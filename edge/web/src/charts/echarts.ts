/**
 * The parts of ECharts that most of our charts use, and no others: it is the largest chunk of the
 * page. What one kind of chart needs alone comes with it: see `EChartsMedium`.
 */
import {
  BarChart,
  LineChart,
  ScatterChart,
  type BarSeriesOption,
  type CandlestickSeriesOption,
  type HeatmapSeriesOption,
  type LineSeriesOption,
  type ScatterSeriesOption,
} from 'echarts/charts';
import {
  DataZoomInsideComponent,
  GridComponent,
  LegendPlainComponent,
  MarkAreaComponent,
  MarkLineComponent,
  TooltipComponent,
  type DataZoomComponentOption,
  type GridComponentOption,
  type LegendComponentOption,
  type TooltipComponentOption,
  type VisualMapComponentOption,
} from 'echarts/components';
import { init, use, type ComposeOption, type ECharts } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';

use([
  BarChart,
  CanvasRenderer,
  DataZoomInsideComponent,
  GridComponent,
  LegendPlainComponent,
  LineChart,
  MarkAreaComponent,
  MarkLineComponent,
  ScatterChart,
  TooltipComponent,
]);

export type SeriesOption =
  | BarSeriesOption
  | CandlestickSeriesOption
  | HeatmapSeriesOption
  | LineSeriesOption
  | ScatterSeriesOption;

export type EChartsOption = ComposeOption<
  | SeriesOption
  | DataZoomComponentOption
  | GridComponentOption
  | LegendComponentOption
  | TooltipComponentOption
  | VisualMapComponentOption
>;

/** One line across a chart, of those that a series marks. */
export type MarkedLine = Exclude<
  NonNullable<NonNullable<LineSeriesOption['markLine']>['data']>[number],
  readonly unknown[]
>;

/** The look that axes of every type share. */
export type AxisLook = Pick<
  ValueAxis,
  'axisLine' | 'axisTick' | 'axisLabel' | 'splitLine' | 'nameTextStyle'
>;

type Axis = NonNullable<EChartsOption['yAxis']>;

/** An axis of numbers. */
export type ValueAxis = Omit<
  Extract<Axis extends readonly (infer One)[] ? One : Axis, { type?: 'value' }>,
  'mainType'
>;

export { init, type ECharts, type LineSeriesOption };
