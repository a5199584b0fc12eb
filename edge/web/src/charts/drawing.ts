import type { EChartsOption } from './echarts';
import type { ChartTheme } from './theme';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** ECharts, with what a kind of chart needs besides what all do. */
export type EChartsMedium = 'echarts' | 'echarts-heatmap' | 'echarts-candlestick';

/** What a figure is to show, as a function of how it is to look. One unit is one CSS pixel. */
export type Plan =
  | {
      readonly medium: EChartsMedium;
      readonly option: (theme: ChartTheme, size: Size) => EChartsOption;
    }
  | {
      readonly medium: 'canvas';
      /** Paints all of it. */
      readonly paint: (context: CanvasRenderingContext2D, size: Size, theme: ChartTheme) => void;
    };

/** A picture on the page, in whichever medium. */
export interface Drawing {
  readonly medium: Plan['medium'];
  show(plan: Plan, theme: ChartTheme): void;
  resize(): void;
  /** What is shown now, at so many device pixels a CSS pixel. */
  picture(scale: number): HTMLCanvasElement;
  end(): void;
}

/** Begins a drawing within an element; the library of its medium is fetched only now. */
export async function beginDrawing(medium: Plan['medium'], host: HTMLElement): Promise<Drawing> {
  if (medium === 'canvas') {
    const { CanvasDrawing } = await import('./canvas-drawing');
    return new CanvasDrawing(host);
  }
  const [{ EChartsDrawing }] = await Promise.all([import('./echarts-drawing'), partsOf(medium)]);
  return new EChartsDrawing(host, medium);
}

function partsOf(medium: EChartsMedium): Promise<unknown> | undefined {
  switch (medium) {
    case 'echarts':
      return undefined;
    case 'echarts-heatmap':
      return import('./echarts-heatmap');
    case 'echarts-candlestick':
      return import('./echarts-candlestick');
  }
}
