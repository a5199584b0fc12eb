import type { Drawing, Plan, Size } from './drawing';
import type { ChartTheme } from './theme';

/** A drawing that a plan paints by itself, anew each time. */
export class CanvasDrawing implements Drawing {
  readonly medium = 'canvas';
  readonly #canvas = document.createElement('canvas');
  #shown: { readonly plan: Plan; readonly theme: ChartTheme } | undefined;

  constructor(private readonly host: HTMLElement) {
    this.#canvas.style.display = 'block';
    this.#canvas.style.width = '100%';
    this.#canvas.style.height = '100%';
    host.append(this.#canvas);
  }

  show(plan: Plan, theme: ChartTheme): void {
    this.#shown = { plan, theme };
    this.resize();
  }

  resize(): void {
    this.#paint(this.#canvas, devicePixelRatio);
  }

  picture(scale: number): HTMLCanvasElement {
    const canvas = document.createElement('canvas');
    this.#paint(canvas, scale);
    return canvas;
  }

  end(): void {
    this.#canvas.remove();
  }

  #paint(canvas: HTMLCanvasElement, scale: number): void {
    const size: Size = { width: this.host.clientWidth, height: this.host.clientHeight };
    canvas.width = Math.round(size.width * scale);
    canvas.height = Math.round(size.height * scale);
    const context = canvas.getContext('2d');
    if (context === null || this.#shown?.plan.medium !== 'canvas') return;
    context.scale(scale, scale);
    this.#shown.plan.paint(context, size, this.#shown.theme);
  }
}
