import type { Drawing, Plan } from './drawing';
import { init, type ECharts } from './echarts';
import type { ChartTheme } from './theme';

/** A drawing by ECharts on a canvas. */
export class EChartsDrawing implements Drawing {
  readonly medium = 'echarts';
  readonly #chart: ECharts;

  constructor(host: HTMLElement) {
    this.#chart = init(host, undefined, { renderer: 'canvas' });
  }

  show(plan: Plan, theme: ChartTheme): void {
    if (plan.medium !== 'echarts') return;
    // What the reader has zoomed to stays; series that are gone go.
    this.#chart.setOption(plan.option(theme), { replaceMerge: ['series'], lazyUpdate: false });
  }

  resize(): void {
    this.#chart.resize();
  }

  picture(scale: number): HTMLCanvasElement {
    return this.#chart.renderToCanvas({ pixelRatio: scale });
  }

  end(): void {
    this.#chart.dispose();
  }
}
