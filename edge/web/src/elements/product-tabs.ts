import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import type { Product } from '../contract/types';
import { direction, GLYPHS } from '../format/direction';
import { type ProductFormat, productFormat } from '../format/product-format';
import { valueOf } from '../state/loadable';
import { moveOver, type PriceTrail } from '../state/price-trail';
import { tokens } from '../styles/tokens';
import { MarketElement } from './market-element';

/** Where the arrow keys lead, as a step among the tabs. */
const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * The products as tabs, each with its last price and which way it has moved.
 *
 * Fires `ds-select-product` with the symbol.
 */
@customElement('ds-product-tabs')
export class ProductTabs extends MarketElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        min-width: 0;
      }

      /* Where the tabs have a row of their own, they move nothing down when they come. */
      :host([waiting]) {
        min-height: 53px;
      }

      /* Prices change all the time, so the tabs are laid out without the page around them. */
      [role='tablist'] {
        position: relative;
        display: flex;
        gap: 2px;
        height: 53px;
        overflow-x: auto;
        contain: strict;
        scrollbar-width: none;
      }

      [role='tablist'][hidden] {
        display: none;
      }

      button {
        display: grid;
        gap: 3px;
        min-width: 116px;
        padding: 9px 14px 8px;
        border: 0;
        border-bottom: 2px solid transparent;
        background: none;
        color: var(--muted);
        text-align: left;
        white-space: nowrap;
        cursor: pointer;
      }

      button:hover {
        color: var(--text);
      }

      button:focus-visible {
        outline-offset: -2px;
        border-radius: var(--radius);
      }

      button[aria-selected='true'] {
        border-bottom-color: var(--accent);
        color: var(--text);
      }

      .symbol {
        font-size: 11px;
        font-weight: 600;
        letter-spacing: 0.06em;
        line-height: 14px;
      }

      .price {
        font-size: 14px;
        font-weight: 500;
        line-height: 17px;
      }

      .up {
        color: var(--up);
      }

      .down {
        color: var(--down);
      }

      .glyph {
        font-size: 10px;
      }
    `,
  ];

  /** Symbol of the selected product. */
  @property() selected = '';

  /** Brings the keyboard to the selected tab. */
  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }

  protected override willUpdate(): void {
    this.toggleAttribute('waiting', this.market.state.products.value.state === 'loading');
  }

  protected override render(): TemplateResult {
    const products = valueOf(this.market.state.products.value) ?? [];
    // The keyboard gets in by the selected tab, and by the first where none is.
    const entrance = products.find(({ symbol }) => symbol === this.selected) ?? products[0];
    return html`
      <div
        role="tablist"
        aria-label="Products"
        ?hidden=${products.length === 0}
        @keydown=${this.#onKey}
      >
        ${repeat(
          products,
          (product) => product.symbol,
          (product) => this.#tab(product, product === entrance),
        )}
      </div>
    `;
  }

  protected override updated(): void {
    const selected = this.renderRoot.querySelector('[aria-selected="true"]');
    if (selected?.getAttribute('data-symbol') === this.#shown) return;
    this.#shown = selected?.getAttribute('data-symbol') ?? '';
    selected?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    if (this.#isMovedByKey) this.focus();
    this.#isMovedByKey = false;
  }

  #shown = '';

  /** Whether the keyboard follows the selection, once whoever hears of it has made it. */
  #isMovedByKey = false;

  #tab(product: Product, isEntrance: boolean): TemplateResult {
    const isSelected = product.symbol === this.selected;
    const format = productFormat(product);
    const trail = this.market.state.trails.at(product.symbol).value;
    return html`
      <button
        role="tab"
        data-symbol=${product.symbol}
        aria-selected=${isSelected ? 'true' : 'false'}
        tabindex=${isEntrance ? 0 : -1}
        title=${product.name}
        @click=${() => {
          this.#select(product.symbol);
        }}
      >
        <span class="symbol">${product.symbol}</span>
        <span class="price">${format.price(trail?.at(-1)?.price)} ${moveMark(trail, format)}</span>
      </button>
    `;
  }

  #select(symbol: string): void {
    this.dispatchEvent(
      new CustomEvent('ds-select-product', { detail: symbol, bubbles: true, composed: true }),
    );
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const symbols = (valueOf(this.market.state.products.value) ?? []).map(({ symbol }) => symbol);
    const next = symbols[symbols.indexOf(this.selected) + (STEPS[event.key] ?? 0)];
    if (next === undefined || next === this.selected) return;
    event.preventDefault();
    this.#isMovedByKey = true;
    this.#select(next);
  };
}

function moveMark(
  trail: PriceTrail | undefined,
  format: ProductFormat,
): TemplateResult | typeof nothing {
  const move = trail && moveOver(trail);
  const way = direction(move?.change);
  if (move === undefined || way === undefined) return nothing;
  const words = `${format.percentChange(move.fraction)} since ${format.time(move.since)}`;
  return html`<span class="glyph ${way}" role="img" aria-label=${words} title=${words}
    >${GLYPHS[way]}</span
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-product-tabs': ProductTabs;
  }
}
