import type { EChartsOption } from './echarts';
import type { ChartTheme } from './theme';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What a figure is to show, as a function of how it is to look. One unit is one CSS pixel. */
export type Plan =
  | {
      readonly medium: 'echarts';
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
  switch (medium) {
    case 'echarts': {
      const { EChartsDrawing } = await import('./echarts-drawing');
      return new EChartsDrawing(host);
    }
    case 'canvas': {
      const { CanvasDrawing } = await import('./canvas-drawing');
      return new CanvasDrawing(host);
    }
  }
}
