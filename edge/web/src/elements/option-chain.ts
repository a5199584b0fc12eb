import { html, type TemplateResult } from 'lit';
import { customElement, query } from 'lit/decorators.js';

import type { EnrichedChain } from '../contract/types';
import { ageOfChain } from '../state/age';
import { freshnessOf, isDimmed } from '../state/freshness';
import { valueOf } from '../state/loadable';
import type { Mode } from '../state/place';
import type { ChainGrid } from './chain-grid';
import { ProductScreen, type ModeName } from './product-screen';
import { emptyNotice, problemNotice } from './notice';
import { optionChainStyles } from './option-chain.styles';

import './chain-grid';
import './chain-stats';

const MODES: readonly ModeName[] = [
  ['price', 'Prices'],
  ['greeks', 'Greeks'],
];

/**
 * The live chain of one product and expiry: `<ds-option-chain product="NIFTY">`.
 *
 * Works alone in any page. Fires `ds-select-expiry` and `ds-select-mode` after somebody chose.
 */
@customElement('ds-option-chain')
export class OptionChain extends ProductScreen {
  static override styles = [ProductScreen.styles, optionChainStyles];

  @query('ds-chain-grid') private readonly grid!: ChainGrid | null;

  /** Brings the strikes at the money into the middle. */
  centre(): void {
    this.grid?.centre();
  }

  /** Shows prices instead of Greeks, or Greeks instead of prices. */
  toggleMode(): void {
    this.selectMode(this.#mode === 'price' ? 'greeks' : 'price');
  }

  protected override render(): TemplateResult {
    return html`
      ${this.bar(
        this.modeButtons(MODES, 'Columns', 'g'),
        html`
          <button
            class="control last"
            title="Centre the strikes at the money  a"
            @click=${this.#onCentre}
          >
            <span class="roomy">Centre</span> ATM
          </button>
        `,
      )}
      ${this.#content()}
    `;
  }

  get #mode(): Mode {
    return this.mode === 'greeks' ? 'greeks' : 'price';
  }

  #content(): TemplateResult {
    const { state } = this.market;
    const expiries = state.expiries.at(this.product).value;
    const { chain } = this;
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
          .mode=${this.#mode}
        ></ds-chain-grid>
      </div>
    `;
  }

  readonly #onCentre = (): void => {
    this.centre();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-option-chain': OptionChain;
  }
}
