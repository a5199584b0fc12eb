import type { Drawing, EChartsMedium, Plan } from './drawing';
import { init, type ECharts } from './echarts';
import type { ChartTheme } from './theme';

/** What is made anew at each showing; what the reader has zoomed to or hidden stays. */
const REPLACED = ['series', 'xAxis', 'yAxis'];

/** A drawing by ECharts on a canvas. */
export class EChartsDrawing implements Drawing {
  readonly #chart: ECharts;
  #shown: { readonly plan: Plan; readonly theme: ChartTheme } | undefined;

  constructor(
    host: HTMLElement,
    readonly medium: EChartsMedium,
  ) {
    this.#chart = init(host, undefined, { renderer: 'canvas' });
  }

  show(plan: Plan, theme: ChartTheme): void {
    if (plan.medium === 'canvas') return;
    this.#shown = { plan, theme };
    const size = { width: this.#chart.getWidth(), height: this.#chart.getHeight() };
    this.#chart.setOption(plan.option(theme, size), { replaceMerge: REPLACED, lazyUpdate: false });
  }

  resize(): void {
    this.#chart.resize();
    if (this.#shown !== undefined) this.show(this.#shown.plan, this.#shown.theme);
  }

  picture(scale: number): HTMLCanvasElement {
    // What is below the pointer just now is no part of the chart.
    this.#chart.dispatchAction({ type: 'hideTip' });
    this.#chart.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'leave' });
    return this.#chart.renderToCanvas({ pixelRatio: scale });
  }

  end(): void {
    this.#chart.dispose();
  }
}
