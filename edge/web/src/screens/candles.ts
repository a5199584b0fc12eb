import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';

import { candlesTable, traded } from '../charts/candle-words';
import { candlesOption, type Zoom } from '../charts/candles';
import type { Candle } from '../contract/types';
import { ProductScreen, type ModeName } from '../elements/product-screen';
import { candleFigures } from '../explain/candles';
import { withTicks } from '../state/live-candles';
import type { PriceTrail } from '../state/price-trail';

import '../elements/figure';
import '../elements/key-figures';

const PATH = '/api/analytics/ohlc/{product}';

/** Milliseconds between two looks; ticks that arrive between them move the last candle. */
const EVERY = 10_000;

/** As many candles as are fetched, to be panned through. */
const LIMIT = 500;

/** Pixels for each candle that is seen at first. */
const CANDLE = 8;

const WINDOWS = { '1m': 1, '5m': 5, '15m': 15, '30m': 30 } as const;

const MODES: readonly ModeName[] = Object.entries(WINDOWS).map(([mode, minutes]) => [
  mode,
  `${minutes} min`,
]);

/** Candles of the underlying, kept live: `<ds-candles product="NIFTY" mode="5m">`. */
@customElement('ds-candles')
export class CandlesScreen extends ProductScreen {
  /** What has been drawn already, and keeps the zoom that its reader chose. */
  #opened = '';

  protected override render(): TemplateResult {
    const { product } = this;
    const window = this.#window;
    const query = { window, limit: LIMIT, fill: true };
    const answer = this.watch({ path: PATH, variables: { product }, query }, EVERY);
    const trail = this.#trail;
    return html`
      <div class="bar">${this.modeButtons(MODES, 'Length of the candles')}</div>
      ${this.whenKnown(answer, ({ candles }) =>
        this.#figure(withTicks(candles, trail, product, window)),
      )}
    `;
  }

  get #trail(): PriceTrail {
    return this.market.state.trails.at(this.product).value ?? [];
  }

  get #window(): Candle['window_minutes'] {
    return Object.entries(WINDOWS).find(([mode]) => mode === this.mode)?.[1] ?? WINDOWS['1m'];
  }

  #figure(candles: readonly Candle[]): TemplateResult {
    const { format, product } = this;
    const window = this.#window;
    const key = `${product} ${window}`;
    const last = candles.at(-1);
    return html`
      <ds-key-figures .figures=${candleFigures(candles, format, this.#asOf(last))}></ds-key-figures>
      ${keyed(
        key,
        html`
          <ds-figure
            heading="Candles of ${window} min"
            subject=${product}
            filename="candles-${product}-${window}m"
            empty="No candle is stored yet."
            .summary=${`${candles.length} candles; the newest closes at ${format.money(last?.close)}.`}
            .caption=${this.caption(this.#asOf(last), this.#assumption(candles))}
            .plan=${{
              medium: 'echarts-candlestick',
              option: candlesOption(candles, format, () => this.#openingZoom(key, candles.length)),
            }}
            .table=${candlesTable(candles, format)}
          ></ds-figure>
        `,
      )}
    `;
  }

  /** The time of the newest tick; where none has come, that of the newest candle. */
  #asOf(last: Candle | undefined): string | undefined {
    const at = this.#trail.at(-1)?.at;
    return at === undefined ? last?.start : new Date(at).toISOString();
  }

  #assumption(candles: readonly Candle[]): string {
    const below =
      traded(candles).name === 'Volume'
        ? 'below, the volume'
        : 'below, the number of ticks, as the source states no volume';
    return `By the time of each tick; hollow is up, full is down; ${below}. A dotted line is where no session was.`;
  }

  /** The newest candles at first; afterwards what the reader has zoomed to stays. */
  #openingZoom(key: string, count: number): Zoom | undefined {
    if (this.#opened === key) return undefined;
    this.#opened = key;
    const seen = Math.max(30, this.clientWidth / CANDLE);
    return { start: Math.max(0, 100 - (100 * seen) / Math.max(1, count)), end: 100 };
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-candles': CandlesScreen;
  }
}
