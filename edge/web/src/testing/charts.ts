/** What tests of charts share: how a chart is to look, and what its option says. */
import type { EChartsOption, SeriesOption } from '../charts/echarts';
import type { Size } from '../charts/drawing';
import type { ChartTheme, ColourName } from '../charts/theme';
import { productFormat } from '../format/product-format';
import { NIFTY } from './chains';

export const RUPEES = productFormat(NIFTY);

export const WIDE: Size = { width: 1_000, height: 400 };

/** A theme whose colours are their names. */
export const THEME: ChartTheme = {
  font: 'sans-serif',
  colours: new Proxy({} as Record<ColourName, string>, { get: (_, name) => String(name) }),
};

/** The series of an option, in order. */
export function seriesOf({ series }: EChartsOption): readonly SeriesOption[] {
  return [series ?? []].flat();
}

/** The points of a series, as pairs. */
export function dataOf(option: EChartsOption, name: string): readonly unknown[] {
  const found = seriesOf(option).find((series) => series.name === name);
  const data = (found?.data ?? []) as readonly unknown[];
  return data.map((point) =>
    Array.isArray(point) ? point : (point as { readonly value: unknown }).value,
  );
}

/** What is marked across a chart: label and price. */
export function marksOf(option: EChartsOption): readonly (readonly [string, number])[] {
  return seriesOf(option).flatMap((series) => {
    const lines = ('markLine' in series ? series.markLine.data : undefined) ?? [];
    return lines.flatMap((line) => {
      const { name, xAxis } = line as { readonly name?: string; readonly xAxis?: number };
      return xAxis === undefined ? [] : [[name ?? '', xAxis] as const];
    });
  });
}

/** What the pointer is told at a place among the data. */
export function tooltipAt({ tooltip }: EChartsOption, dataIndex: number): string {
  const { formatter } = tooltip as { readonly formatter: (below: unknown) => string };
  return formatter([{ dataIndex }]);
}
