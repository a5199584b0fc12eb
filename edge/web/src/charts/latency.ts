/** How long chains are under way, second by second. */
import type { Maybe } from '../format/absent';
import type { LatencySecond } from '../state/latency';
import { axisLook, chartBase } from './base';
import type { EChartsOption, SeriesOption } from './echarts';
import type { FigureTable } from './table';
import type { ChartTheme } from './theme';
import { textAt } from './tooltip';

type Write = (value: Maybe<number>) => string;

/** The medians of mesh and page on top of one another, and the slowest of each second. */
export function latencyOption(seconds: readonly LatencySecond[], write: Write) {
  return (theme: ChartTheme): EChartsOption => {
    const { colours } = theme;
    const base = chartBase(theme);
    const look = axisLook(theme);
    return {
      ...base,
      tooltip: { ...base.tooltip, formatter: textAt((at) => secondText(seconds[at], write)) },
      xAxis: {
        type: 'value',
        ...look,
        min: -seconds.length,
        max: 0,
        interval: 10,
        axisLabel: { ...look.axisLabel, formatter: agoText },
      },
      yAxis: {
        type: 'value',
        ...look,
        min: 0,
        axisLabel: { ...look.axisLabel, formatter: (value: number) => write(value) },
      },
      series: [
        bars('Mesh, median', colours.call, seconds, ({ mesh }) => mesh),
        bars('Page, median', colours.put, seconds, ({ page }) => page),
        {
          type: 'scatter',
          name: 'Whole way, slowest',
          symbol: 'rect',
          symbolSize: [8, 2],
          itemStyle: { color: colours.text },
          emphasis: { disabled: true },
          data: seconds.map(({ ago, slowest }) => [-ago, slowest ?? null]),
        },
      ],
    };
  };
}

function bars(
  name: string,
  colour: string,
  seconds: readonly LatencySecond[],
  read: (second: LatencySecond) => number | undefined,
): SeriesOption {
  return {
    type: 'bar',
    name,
    stack: 'way',
    barMaxWidth: 12,
    barCategoryGap: '25%',
    itemStyle: { color: colour },
    emphasis: { disabled: true },
    data: seconds.map((second) => [-second.ago, read(second) ?? null]),
  };
}

/** Where a second lies before now. */
function agoText(at: number): string {
  return at === 0 ? 'now' : `−${-at} s`;
}

function secondText(second: LatencySecond | undefined, write: Write): readonly string[] {
  if (second === undefined) return [];
  return [
    second.ago === 0 ? 'This second' : `${second.ago} s ago`,
    `Mesh  ${write(second.mesh)}`,
    `Page  ${write(second.page)}`,
    `Slowest  ${write(second.slowest)}`,
    `${second.count} chains`,
  ];
}

/** The seconds, a row each. */
export function latencyTable(seconds: readonly LatencySecond[], write: Write): FigureTable {
  return {
    columns: [
      { heading: 'Seconds ago' },
      { heading: 'Chains' },
      { heading: 'Mesh, median ms', write },
      { heading: 'Page, median ms', write },
      { heading: 'Slowest ms', write },
    ],
    rows: seconds.map(({ ago, count, mesh, page, slowest }) => [ago, count, mesh, page, slowest]),
  };
}
