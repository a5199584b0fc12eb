import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { calendarDate } from '../format/durations';
import { neighbourExpiry } from '../state/expiries';
import { valueOf } from '../state/loadable';
import { controls, tokens } from '../styles/tokens';
import { MarketElement } from './market-element';

/**
 * Chooses among the expiries of a product.
 *
 * Fires `ds-select-expiry` with the date, YYYY-MM-DD.
 */
@customElement('ds-expiry-select')
export class ExpirySelect extends MarketElement {
  static override styles = [
    tokens,
    controls,
    css`
      :host {
        display: inline-flex;
      }

      .control {
        border-radius: 0;
      }

      .control:first-child {
        border-radius: var(--radius) 0 0 var(--radius);
      }

      .control:last-child {
        border-radius: 0 var(--radius) var(--radius) 0;
      }

      .control + .control {
        margin-left: -1px;
      }

      .control:hover,
      .control:focus-visible {
        position: relative;
        z-index: 1;
      }

      label.control {
        padding: 0 12px 0 0;
      }

      label.control::after {
        content: '▾' / '';
        margin-left: -20px;
        pointer-events: none;
      }

      label:focus-within {
        outline: 2px solid var(--accent);
        outline-offset: 2px;
      }

      select {
        appearance: none;
        height: 100%;
        padding: 0 28px 0 14px;
        border: 0;
        border-radius: inherit;
        outline: 0;
        background: none;
        color: var(--text);
        font-size: inherit;
        cursor: pointer;
      }

      @media (width < 560px) {
        .control {
          min-width: 28px;
          padding: 0 8px;
        }

        label.control {
          padding: 0 8px 0 0;
        }

        select {
          padding: 0 20px 0 10px;
        }
      }

      option {
        background: var(--surface);
        color: var(--text);
      }
    `,
  ];

  @property() product = '';

  /** The chosen expiry, YYYY-MM-DD. */
  @property() expiry = '';

  /** Chooses the expiry `step` places further on, where there is one. */
  move(step: number): void {
    const next = neighbourExpiry(this.#expiries, this.expiry, step);
    if (next !== undefined && next !== this.expiry) this.#select(next);
  }

  get #expiries(): readonly string[] {
    return valueOf(this.market.state.expiries.at(this.product).value) ?? [];
  }

  protected override render(): TemplateResult {
    const expiries = this.#expiries;
    const index = expiries.indexOf(this.expiry);
    return html`
      ${this.#stepButton(-1, '‹', 'Previous expiry  [', index <= 0)}
      <label class="control">
        <select
          aria-label="Expiry"
          ?disabled=${expiries.length === 0}
          .value=${this.expiry}
          @change=${this.#onChange}
        >
          ${expiries.map(
            (expiry) => html`
              <option value=${expiry} ?selected=${expiry === this.expiry}>
                ${calendarDate(expiry)}
              </option>
            `,
          )}
        </select>
      </label>
      ${this.#stepButton(1, '›', 'Next expiry  ]', index < 0 || index === expiries.length - 1)}
    `;
  }

  #stepButton(step: number, glyph: string, title: string, disabled: boolean): TemplateResult {
    return html`
      <button
        class="control"
        title=${title}
        aria-label=${title.split('  ')[0] ?? title}
        ?disabled=${disabled}
        @click=${() => {
          this.move(step);
        }}
      >
        ${glyph}
      </button>
    `;
  }

  #select(expiry: string): void {
    this.dispatchEvent(
      new CustomEvent('ds-select-expiry', { detail: expiry, bubbles: true, composed: true }),
    );
  }

  readonly #onChange = (event: Event): void => {
    this.#select((event.target as HTMLSelectElement).value);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-expiry-select': ExpirySelect;
  }
}
