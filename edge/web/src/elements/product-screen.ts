import { html, nothing, type CSSResultGroup, type TemplateResult } from 'lit';
import { property, query } from 'lit/decorators.js';

import type { EnrichedChain } from '../contract/types';
import { EXPLAIN, type Explanation } from '../explain/explanation';
import { type ProductFormat, productFormat } from '../format/product-format';
import { freshnessOf, isDimmed } from '../state/freshness';
import { addressOf, type Answer, type Read, type ReadPath } from '../rest/read';
import { ageOfChain } from '../state/age';
import { valueOf, type Loadable } from '../state/loadable';
import { fetchPart } from '../state/parts';
import { screenStyles } from '../styles/screen';
import { controls, tokens } from '../styles/tokens';
import type { ExpirySelect } from './expiry-select';
import type { ExplanationDialog } from './explanation';
import { Following } from './following';
import { MarketElement } from './market-element';
import { emptyNotice, noticeStyles, problemNotice } from './notice';
import { sourceName } from './source-ribbon';

import './expiry-select';

const loadExplanation = () => import('./explanation');

/** A way to show a screen, and its name on the button. */
export type ModeName = readonly [mode: string, name: string];

/**
 * A screen that shows one product, and mostly one of its expiries.
 *
 * Works alone in any page. Fires `ds-select-expiry` and `ds-select-mode` after somebody chose.
 */
export abstract class ProductScreen extends MarketElement {
  static override styles: CSSResultGroup = [tokens, controls, noticeStyles, screenStyles];

  /** Symbol of the product. */
  @property({ reflect: true }) product = '';

  /** Expiry date, YYYY-MM-DD. Empty means the nearest. */
  @property({ reflect: true }) expiry = '';

  /** How it is shown; empty means the screen's first mode. */
  @property({ reflect: true }) mode = '';

  @query('ds-expiry-select') private readonly expiries!: ExpirySelect | null;

  readonly #following = new Following();
  readonly #watching = new Map<string, () => void>();
  readonly #wanted = new Map<string, () => () => void>();
  #dialog: ExplanationDialog | undefined;

  constructor() {
    super();
    this.addEventListener(EXPLAIN, (event) => {
      void this.#explain((event as CustomEvent<Explanation>).detail);
    });
  }

  override disconnectedCallback(): void {
    this.#following.end();
    for (const end of this.#watching.values()) end();
    this.#watching.clear();
    super.disconnectedCallback();
  }

  /** Shows the expiry `step` places further on. */
  moveExpiry(step: number): void {
    this.expiries?.move(step);
  }

  /** The expiry that is shown; empty until it is known. */
  protected get shownExpiry(): string {
    const { state, clock } = this.market;
    return state.expiryToShow(this.product, this.expiry, clock.now()) ?? '';
  }

  protected get format(): ProductFormat {
    return productFormat(this.market.state.product(this.product));
  }

  /** The newest chain of the product and expiry that are shown, kept live. */
  protected get chain(): Loadable<EnrichedChain> {
    return this.market.state.chains.at(this.product, this.shownExpiry).value;
  }

  /**
   * The answer to a read, kept fresh for as long as drawings ask for it.
   *
   * To be called while it draws. `every` is in milliseconds.
   */
  protected watch<Path extends ReadPath>(read: Read<Path>, every: number): Loadable<Answer<Path>> {
    const { watches } = this.market;
    this.#wanted.set(`${addressOf(read)} ${every}`, () => watches.watch(read, every));
    return watches.answer(read).value;
  }

  /** Draws an answer once there is one; before that, what there is to say of it. */
  protected whenKnown<Value>(
    answer: Loadable<Value>,
    draw: (value: Value) => TemplateResult,
  ): TemplateResult {
    switch (answer.state) {
      case 'loading':
        return html`<div class="content" aria-busy="true"></div>`;
      case 'empty':
        return emptyNotice(
          'No chain has arrived yet',
          'The first one is shown as soon as it does.',
        );
      case 'failed':
        return problemNotice(answer.problem);
      case 'ready':
        return html`
          <div class="content ${this.#isDimmed() ? 'dimmed' : ''}">${draw(answer.value)}</div>
        `;
    }
  }

  /** What stands below a figure: where it is from, of when it is, and what it takes for granted. */
  protected caption(timestamp: string | null | undefined, assumption: string): string {
    const source = sourceName(valueOf(this.market.state.feed.value));
    return `${source} · as of ${this.format.moment(Date.parse(timestamp ?? ''))} · ${assumption}`;
  }

  /** The bar above a screen: the expiries, and what else there is to press. */
  protected bar(...controls: readonly unknown[]): TemplateResult {
    return html`
      <div class="bar">
        <ds-expiry-select
          .server=${this.server}
          .product=${this.product}
          .expiry=${this.shownExpiry}
          @ds-select-expiry=${this.#onExpiry}
        ></ds-expiry-select>
        ${controls}
      </div>
    `;
  }

  /** A button for each mode. */
  protected modeButtons(modes: readonly ModeName[], label: string, key?: string): TemplateResult {
    const shown = modes.find(([mode]) => mode === this.mode) ?? modes[0];
    return html`
      <div class="modes" role="group" aria-label=${label}>
        ${modes.map(
          ([mode, name]) => html`
            <button
              class="control"
              title=${key === undefined ? nothing : `${name}  ${key}`}
              aria-pressed=${mode === shown?.[0] ? 'true' : 'false'}
              @click=${() => {
                this.selectMode(mode);
              }}
            >
              ${name}
            </button>
          `,
        )}
      </div>
    `;
  }

  protected selectMode(mode: string): void {
    this.mode = mode;
    this.dispatchEvent(
      new CustomEvent('ds-select-mode', { detail: mode, bubbles: true, composed: true }),
    );
  }

  protected override willUpdate(): void {
    this.#wanted.clear();
  }

  protected override updated(): void {
    this.#following.show(this.market, this.product, this.shownExpiry);
    this.#keepWatching();
  }

  /** The dialog is fetched when it is first wanted; it stands before all that is drawn. */
  async #explain(explanation: Explanation): Promise<void> {
    if ((await fetchPart(loadExplanation)) === undefined) return;
    this.#dialog ??= document.createElement('ds-explanation');
    Object.assign(this.#dialog, { server: this.server, product: this.product });
    if (!this.#dialog.isConnected) this.renderRoot.prepend(this.#dialog);
    await this.#dialog.show(explanation);
  }

  #isDimmed(): boolean {
    const { state, clock } = this.market;
    const elapsed = ageOfChain(valueOf(this.chain), clock);
    const feed = valueOf(state.feed.value);
    return isDimmed(freshnessOf(state.connection.value, feed, elapsed), elapsed);
  }

  /** Begins what this drawing asked for, and ends what it asked for no more. */
  #keepWatching(): void {
    for (const [key, begin] of this.#wanted) {
      if (!this.#watching.has(key)) this.#watching.set(key, begin());
    }
    for (const [key, end] of this.#watching) {
      if (this.#wanted.has(key)) continue;
      end();
      this.#watching.delete(key);
    }
  }

  readonly #onExpiry = (event: CustomEvent<string>): void => {
    this.expiry = event.detail;
  };
}
