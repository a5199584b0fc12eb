import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';

import type { Product } from '../contract/types';
import { valueOf } from '../state/loadable';
import { searchProducts } from '../state/product-search';
import { dialogStyles } from '../styles/dialog';
import { controls, tokens } from '../styles/tokens';
import { closeBeside } from './dialog-frame';
import { MarketElement } from './market-element';

/** Where the arrow keys lead, as a step among the products found. */
const STEPS: Readonly<Record<string, number>> = { ArrowUp: -1, ArrowDown: 1 };

/**
 * Finds a product by its symbol or name. Enter chooses, Esc returns.
 *
 * Fires `ds-select-product` with the symbol.
 */
@customElement('ds-product-search')
export class ProductSearch extends MarketElement {
  static override styles = [
    tokens,
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(440px, calc(100vw - 32px));
        margin-top: 12vh;
        padding: 12px;
      }

      input {
        width: 100%;
        height: 42px;
        padding: 0 12px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--text);
        font: inherit;
        font-size: 15px;
      }

      ul {
        max-height: 50vh;
        margin: 8px 0 0;
        padding: 0;
        overflow: auto;
        list-style: none;
      }

      li {
        display: flex;
        gap: 12px;
        align-items: baseline;
        padding: 9px 12px;
        border-radius: var(--radius);
        cursor: pointer;
      }

      li strong {
        min-width: 96px;
        font-size: 13px;
      }

      li span {
        overflow: hidden;
        color: var(--muted);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      li[aria-selected='true'] {
        background: var(--raised);
        box-shadow: inset 2px 0 var(--accent);
      }

      .none {
        margin: 8px 0 0;
        padding: 9px 12px;
        color: var(--muted);
      }
    `,
  ];

  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('input') private readonly input!: HTMLInputElement;

  @state() private text = '';
  @state() private active = 0;

  /** Opens the search, with nothing typed. */
  show(): void {
    this.text = '';
    this.active = 0;
    this.input.value = '';
    if (!this.dialog.open) this.dialog.showModal();
    this.input.focus();
  }

  protected override render(): TemplateResult {
    const found = this.#found();
    const isNone = found.length === 0;
    return html`
      <dialog aria-label="Find a product" @click=${closeBeside}>
        <input
          type="text"
          role="combobox"
          aria-label="Symbol or name of a product"
          aria-expanded=${isNone ? 'false' : 'true'}
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant=${isNone ? nothing : `product-${this.active}`}
          autocomplete="off"
          spellcheck="false"
          placeholder="Symbol or name"
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        />
        <ul id="found" role="listbox" aria-label="Products" ?hidden=${isNone}>
          ${found.map((product, at) => this.#option(product, at))}
        </ul>
        <p class="none" role="status" ?hidden=${!isNone}>
          ${isNone ? 'No product of this symbol or name is known.' : ''}
        </p>
      </dialog>
    `;
  }

  protected override updated(): void {
    if (!this.dialog.open) return;
    const active = this.renderRoot.querySelector('[aria-selected="true"]');
    active?.scrollIntoView({ block: 'nearest' });
  }

  #option({ symbol, name }: Product, at: number): TemplateResult {
    return html`
      <li
        id="product-${at}"
        role="option"
        aria-selected=${at === this.active ? 'true' : 'false'}
        @click=${() => {
          this.#choose(symbol);
        }}
      >
        <strong>${symbol}</strong><span>${name}</span>
      </li>
    `;
  }

  #found(): readonly Product[] {
    return searchProducts(valueOf(this.market.state.products.value) ?? [], this.text);
  }

  #choose(symbol: string): void {
    this.dialog.close();
    this.dispatchEvent(
      new CustomEvent('ds-select-product', { detail: symbol, bubbles: true, composed: true }),
    );
  }

  readonly #onInput = (): void => {
    this.text = this.input.value;
    this.active = 0;
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const found = this.#found();
    const step = STEPS[event.key];
    if (step !== undefined) {
      event.preventDefault();
      this.active = (this.active + step + found.length) % Math.max(found.length, 1);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const chosen = found[this.active];
      if (chosen !== undefined) this.#choose(chosen.symbol);
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-product-search': ProductSearch;
  }
}
