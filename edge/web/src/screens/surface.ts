import { html, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';

import type { SurfaceOnGrid } from '../charts/moneyness';
import { heatMapOption, slicesOption, surfaceTable, volatilityRange } from '../charts/surface';
import { FIRST_CAMERA, turned, type Camera } from '../charts/surface-3d/camera';
import { sceneOf, surfacePainting, type Scene } from '../charts/surface-3d/paint';
import { isTurnKey, turnOfDrag, turnOfKey } from '../charts/surface-3d/turning';
import type { Plan } from '../charts/drawing';
import type { ModeName } from '../elements/product-screen';
import { percentOf } from '../explain/smile';
import { surfaceFigures } from '../explain/surface';
import { valueOf } from '../state/loadable';
import { surfaceStyles } from './surface.styles';
import { VolatilityScreen } from './volatility-screen';

import '../elements/figure';
import '../elements/key-figures';

const MODES: readonly ModeName[] = [
  ['heat-map', 'Heat map'],
  ['3d', '3-D'],
  ['slices', 'Slices'],
];

/** The arrows that turn the surface, as buttons: a drag is not for everybody. */
const TURNS = [
  ['ArrowLeft', '←', 'Turn left'],
  ['ArrowRight', '→', 'Turn right'],
  ['ArrowUp', '↑', 'Look from higher up'],
  ['ArrowDown', '↓', 'Look from lower down'],
] as const;

/** Implied volatility by strike and expiry: `<ds-surface product="NIFTY" mode="3d">`. */
@customElement('ds-surface')
export class SurfaceScreen extends VolatilityScreen {
  static override styles = [VolatilityScreen.styles, surfaceStyles];

  @state() private camera: Camera = FIRST_CAMERA;

  #prepared: { readonly of: SurfaceOnGrid; readonly scene: Scene | undefined } | undefined;

  protected override render(): TemplateResult {
    const rank = valueOf(this.rank);
    return html`
      <div class="bar">
        ${this.modeButtons(MODES, 'Heat map, 3-D or slices')}
        ${this.mode === '3d' ? this.#turnButtons() : ''}
      </div>
      ${this.whenKnown(
        this.fitted,
        (fitted) => html`
          <ds-key-figures .figures=${surfaceFigures(fitted, rank, this.format)}></ds-key-figures>
          ${keyed(this.mode, this.#figure(fitted))}
        `,
      )}
    `;
  }

  #turnButtons(): TemplateResult {
    return html`
      <div class="modes" role="group" aria-label="Turn the surface" @keydown=${this.#onKey}>
        ${TURNS.map(
          ([key, arrow, name]) => html`
            <button
              class="control"
              title="${name}  ${arrow}"
              aria-label=${name}
              @click=${() => {
                this.#turn(turnOfKey(key));
              }}
            >
              ${arrow}
            </button>
          `,
        )}
      </div>
    `;
  }

  #figure(fitted: SurfaceOnGrid): TemplateResult {
    const { product, timestamp } = fitted.surface;
    const figure = html`
      <ds-figure
        heading="Implied volatility by strike and expiry"
        subject=${product}
        filename="surface-${product}"
        empty="No expiry is fitted yet."
        .summary=${this.#summary(fitted)}
        .caption=${this.caption(timestamp, this.#assumption)}
        .plan=${this.#plan(fitted)}
        .table=${surfaceTable(fitted, this.format)}
      ></ds-figure>
    `;
    if (this.mode !== '3d') return figure;
    return html`
      <div
        class="turned"
        role="group"
        tabindex="0"
        aria-label="Surface; arrow keys turn it"
        @keydown=${this.#onKey}
        @pointerdown=${this.#onPointerDown}
        @pointermove=${this.#onPointerMove}
      >
        ${figure}
      </div>
    `;
  }

  #plan(fitted: SurfaceOnGrid): Plan | undefined {
    const { format } = this;
    switch (this.mode) {
      case '3d': {
        const scene = this.#scene(fitted);
        return scene && { medium: 'canvas', paint: surfacePainting(scene, this.camera) };
      }
      case 'slices':
        return { medium: 'echarts', option: slicesOption(fitted, format) };
      default:
        return { medium: 'echarts-heatmap', option: heatMapOption(fitted, format) };
    }
  }

  /** An answer is made ready once, however often it is turned. */
  #scene(fitted: SurfaceOnGrid): Scene | undefined {
    if (this.#prepared?.of !== fitted || this.#prepared.scene?.format !== this.format) {
      this.#prepared = { of: fitted, scene: sceneOf(fitted, this.format) };
    }
    return this.#prepared.scene;
  }

  get #assumption(): string {
    const between =
      this.mode === '3d' ? ' Between expiries, linear in total variance; time by its root.' : '';
    return `As fitted to each expiry, within its quotes only.${between}`;
  }

  #summary(fitted: SurfaceOnGrid): string {
    const range = volatilityRange(fitted);
    if (range === undefined) return 'No expiry is fitted.';
    const [least, greatest] = range.map((iv) => percentOf(iv, this.format));
    const count = fitted.surface.expiries.length;
    return `Implied volatility of ${count} expiries, from ${least} to ${greatest}.`;
  }

  #turn(by: Camera): void {
    this.camera = turned(this.camera, by);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (!isTurnKey(event.key)) return;
    event.preventDefault();
    this.#turn(turnOfKey(event.key));
  };

  readonly #onPointerDown = (event: PointerEvent): void => {
    const [canvas] = event.composedPath();
    if (canvas instanceof HTMLCanvasElement) canvas.setPointerCapture(event.pointerId);
  };

  readonly #onPointerMove = (event: PointerEvent): void => {
    const [canvas] = event.composedPath();
    if (canvas instanceof HTMLCanvasElement && canvas.hasPointerCapture(event.pointerId)) {
      this.#turn(turnOfDrag(event.movementX, event.movementY));
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-surface': SurfaceScreen;
  }
}
