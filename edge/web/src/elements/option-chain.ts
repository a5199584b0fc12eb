import { html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';

import { ladderTable } from '../chain/chain-table';
import { buildLadder } from '../chain/ladder';
import { isOf, lag, type Shown } from '../chain/paused';
import { tableCsv } from '../charts/csv';
import { download } from '../charts/download';
import type { EnrichedChain } from '../contract/types';
import { age } from '../format/durations';
import { ageOfChain } from '../state/age';
import { freshnessOf, isDimmed } from '../state/freshness';
import { valueOf } from '../state/loadable';
import type { Mode } from '../state/place';
import type { ChainColumns } from './chain-columns';
import type { ChainGrid } from './chain-grid';
import { ProductScreen, type ModeName } from './product-screen';
import { emptyNotice, problemNotice } from './notice';
import { optionChainStyles } from './option-chain.styles';

import './chain-columns';
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
  @query('ds-chain-columns') private readonly columns!: ChainColumns | null;

  /** What is held while it is paused. */
  @state() private held: Shown | undefined;

  /** Brings the strikes at the money into the middle. */
  centre(): void {
    this.grid?.centre();
  }

  /** Shows prices instead of Greeks, or Greeks instead of prices. */
  toggleMode(): void {
    this.selectMode(this.#mode === 'price' ? 'greeks' : 'price');
  }

  /** Opens the menu of the columns, or closes it. */
  chooseColumns(): void {
    this.columns?.toggle();
  }

  /** Holds what is shown, or goes on to what is newest. */
  togglePause(): void {
    const chain = valueOf(this.chain);
    this.held = this.held === undefined && chain !== undefined ? this.#newest(chain) : undefined;
  }

  protected override willUpdate(): void {
    super.willUpdate();
    if (this.held && !isOf(this.held, this.product, this.shownExpiry)) this.held = undefined;
  }

  protected override render(): TemplateResult {
    return html`
      ${this.bar(
        this.modeButtons(MODES, 'Mode', 'g'),
        html`<ds-chain-columns .mode=${this.#mode}></ds-chain-columns>`,
        this.#pause(),
        html`
          <button
            class="control last"
            title="Save these figures as a CSV file"
            @click=${this.#onSave}
          >
            CSV
          </button>
          <button
            class="control"
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

  #pause(): TemplateResult {
    const { held } = this;
    return html`
      <button
        class="control"
        title="Hold what is shown  p"
        aria-pressed=${held === undefined ? 'false' : 'true'}
        @click=${this.#onPause}
      >
        Pause
      </button>
      ${
        held === undefined
          ? nothing
          : html`<span class="paused">
              <strong>Paused</strong> ${age(lag(held, valueOf(this.chain)))} behind
            </span>`
      }
    `;
  }

  #content(): TemplateResult {
    const { state } = this.market;
    const expiries = state.expiries.at(this.product).value;
    const { chain } = this;
    if (chain.state === 'ready') return this.#table(this.held ?? this.#newest(chain.value));
    if (expiries.state === 'failed') return problemNotice(expiries.problem);
    if (chain.state === 'failed') return problemNotice(chain.problem);
    if (expiries.state === 'empty' || chain.state === 'empty') {
      return emptyNotice('No chain has arrived yet', 'The first one is shown as soon as it does.');
    }
    return this.#table(undefined);
  }

  #newest(chain: EnrichedChain): Shown {
    return { chain, trail: this.market.state.trails.at(this.product).value };
  }

  #table(shown: Shown | undefined): TemplateResult {
    const { state, clock } = this.market;
    const { chain, trail } = shown ?? {};
    const elapsed = ageOfChain(valueOf(this.chain), clock);
    const freshness = freshnessOf(state.connection.value, valueOf(state.feed.value), elapsed);
    return html`
      <div class="content ${isDimmed(freshness, elapsed) ? 'dimmed' : ''}">
        <ds-chain-stats
          .server=${this.server}
          .product=${this.product}
          .chain=${chain}
          .trail=${trail}
        ></ds-chain-stats>
        <ds-chain-grid
          .chain=${chain}
          .product=${state.product(this.product)}
          .trail=${trail}
          .mode=${this.#mode}
        ></ds-chain-grid>
      </div>
    `;
  }

  readonly #onCentre = (): void => {
    this.centre();
  };

  readonly #onPause = (): void => {
    this.togglePause();
  };

  /** Saves what is shown, with the columns for which there is no room. */
  readonly #onSave = (): void => {
    const chain = this.held?.chain ?? valueOf(this.chain);
    if (chain === undefined) return;
    const { product, expiry, timestamp } = chain;
    const time = timestamp.slice(0, 19).replaceAll(':', '');
    const csv = tableCsv(ladderTable(buildLadder(chain), this.#mode));
    download(`${product}-${expiry}-chain-${time}Z.csv`, new Blob([csv], { type: 'text/csv' }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-option-chain': OptionChain;
  }
}
