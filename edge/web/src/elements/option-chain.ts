import { html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import type { EnrichedChain } from '../contract/types';
import { ageOfChain } from '../state/age';
import { freshnessOf, isDimmed } from '../state/freshness';
import { valueOf } from '../state/loadable';
import type { Mode } from '../state/place';
import { controls, tokens } from '../styles/tokens';
import type { ChainGrid } from './chain-grid';
import type { ExpirySelect } from './expiry-select';
import { Lease } from './lease';
import { MarketElement } from './market-element';
import { emptyNotice, noticeStyles, problemNotice } from './notice';
import { optionChainStyles } from './option-chain.styles';

import './chain-grid';
import './chain-stats';
import './expiry-select';

const MODES: readonly (readonly [Mode, string])[] = [
  ['price', 'Prices'],
  ['greeks', 'Greeks'],
];

/**
 * The live chain of one product and expiry: `<ds-option-chain product="NIFTY">`.
 *
 * Works alone in any page. Fires `ds-select-expiry` and `ds-select-mode` after somebody chose.
 */
@customElement('ds-option-chain')
export class OptionChain extends MarketElement {
  static override styles = [tokens, controls, noticeStyles, optionChainStyles];

  /** Symbol of the product. */
  @property({ reflect: true }) product = '';

  /** Expiry date, YYYY-MM-DD. Empty means the nearest. */
  @property({ reflect: true }) expiry = '';

  @property({ reflect: true }) mode: Mode = 'price';

  @query('ds-chain-grid') private readonly grid!: ChainGrid | null;
  @query('ds-expiry-select') private readonly expiries!: ExpirySelect | null;

  readonly #following = new Lease();
  readonly #fetching = new Lease();
  #shownExpiry = '';

  override disconnectedCallback(): void {
    this.#following.end();
    this.#fetching.end();
    super.disconnectedCallback();
  }

  /** Brings the strikes at the money into the middle. */
  centre(): void {
    this.grid?.centre();
  }

  /** Shows the expiry `step` places further on. */
  moveExpiry(step: number): void {
    this.expiries?.move(step);
  }

  /** Shows prices instead of Greeks, or Greeks instead of prices. */
  toggleMode(): void {
    this.#selectMode(this.mode === 'price' ? 'greeks' : 'price');
  }

  protected override render(): TemplateResult {
    const { state, clock } = this.market;
    this.#shownExpiry = state.expiryToShow(this.product, this.expiry, clock.now()) ?? '';
    return html`
      <div class="bar">
        <ds-expiry-select
          .server=${this.server}
          .product=${this.product}
          .expiry=${this.#shownExpiry}
          @ds-select-expiry=${this.#onExpiry}
        ></ds-expiry-select>
        <div class="modes" role="group" aria-label="Columns">
          ${MODES.map(([mode, name]) => this.#modeButton(mode, name))}
        </div>
        <button class="control" title="Centre the strikes at the money  a" @click=${this.#onCentre}>
          <span class="roomy">Centre</span> ATM
        </button>
      </div>
      ${this.#content()}
    `;
  }

  protected override updated(): void {
    this.#following.take(this.product, () => this.market.follow(this.product));
    const expiry = this.#shownExpiry;
    this.#fetching.take(expiry && `${this.product} ${expiry}`, () =>
      this.market.fetchChain(this.product, expiry),
    );
  }

  #content(): TemplateResult {
    const { state } = this.market;
    const expiries = state.expiries.at(this.product).value;
    const chain = state.chains.at(this.product, this.#shownExpiry).value;
    if (chain.state === 'ready') return this.#table(chain.value);
    if (expiries.state === 'failed') return problemNotice(expiries.problem);
    if (chain.state === 'failed') return problemNotice(chain.problem);
    if (expiries.state === 'empty' || chain.state === 'empty') {
      return emptyNotice('No chain has arrived yet', 'The first one is shown as soon as it does.');
    }
    return this.#table(undefined);
  }

  #table(chain: EnrichedChain | undefined): TemplateResult {
    const { state, clock } = this.market;
    const elapsed = ageOfChain(chain, clock);
    const freshness = freshnessOf(state.connection.value, valueOf(state.feed.value), elapsed);
    return html`
      <div class="content ${isDimmed(freshness, elapsed) ? 'dimmed' : ''}">
        <ds-chain-stats
          .server=${this.server}
          .product=${this.product}
          .chain=${chain}
        ></ds-chain-stats>
        <ds-chain-grid
          .chain=${chain}
          .product=${state.product(this.product)}
          .spot=${state.trails.at(this.product).value?.at(-1)?.price}
          .mode=${this.mode}
        ></ds-chain-grid>
      </div>
    `;
  }

  #modeButton(mode: Mode, name: string): TemplateResult {
    return html`
      <button
        class="control"
        title="${name} columns  g"
        aria-pressed=${mode === this.mode ? 'true' : 'false'}
        @click=${() => {
          this.#selectMode(mode);
        }}
      >
        ${name}
      </button>
    `;
  }

  #selectMode(mode: Mode): void {
    this.mode = mode;
    this.dispatchEvent(
      new CustomEvent('ds-select-mode', { detail: mode, bubbles: true, composed: true }),
    );
  }

  readonly #onCentre = (): void => {
    this.centre();
  };

  readonly #onExpiry = (event: CustomEvent<string>): void => {
    this.expiry = event.detail;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-option-chain': OptionChain;
  }
}
