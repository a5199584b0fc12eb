import { css, html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import { columnChoice } from '../chain/column-choice';
import { columnsOf } from '../chain/column-fit';
import type { Column } from '../chain/columns';
import type { Mode } from '../state/place';
import { controls, tokens } from '../styles/tokens';
import { SignalElement } from './signal-element';

/** Pixels between the menu and what is around it. */
const GAP = 8;

/** The menu in which somebody chooses the columns of the chain, in pairs: calls' and puts'. */
@customElement('ds-chain-columns')
export class ChainColumns extends SignalElement {
  static override styles = [
    tokens,
    controls,
    css`
      :host {
        display: inline-flex;
      }

      .menu {
        width: max-content;
        max-width: min(300px, calc(100vw - 16px));
        max-height: calc(100dvh - 16px);
        margin: 0;
        padding: 12px 14px;
        border: 1px solid var(--line-strong);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--text);
        font-size: 13px;
        inset: auto;
      }

      fieldset {
        display: grid;
        grid-template-columns: repeat(2, minmax(0, 1fr));
        gap: 0 16px;
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        margin-bottom: 6px;
        padding: 0;
        font-weight: 600;
      }

      label {
        display: flex;
        gap: 8px;
        align-items: center;
        min-height: 28px;
        white-space: nowrap;
        cursor: pointer;
      }

      input {
        accent-color: var(--accent);
      }

      p {
        margin: 8px 0;
        color: var(--muted);
        font-size: 12px;
        line-height: 1.4;
      }
    `,
  ];

  /** Whose columns are chosen; each mode remembers its own. */
  @property() mode: Mode = 'price';

  @query('button') private readonly button!: HTMLButtonElement;
  @query('.menu') private readonly menu!: HTMLElement;

  /** Opens the menu, or closes it where it is open. */
  toggle(): void {
    this.menu.togglePopover();
  }

  protected override render(): TemplateResult {
    const name = this.mode === 'greeks' ? 'Greeks' : 'Prices';
    return html`
      <button class="control" popovertarget="menu" title="Choose the columns  c">Columns</button>
      <div
        id="menu"
        class="menu"
        popover
        role="dialog"
        aria-label="Columns"
        @beforetoggle=${this.#onBeforeToggle}
        @toggle=${this.#onToggle}
      >
        <fieldset>
          <legend>Columns of ${name}</legend>
          ${columnsOf(this.mode).map((column) => this.#choice(column))}
        </fieldset>
        <p>Calls and puts show the same. What has no room is left out until there is some.</p>
        <button class="control" @click=${this.#onReset}>Reset to defaults</button>
      </div>
    `;
  }

  #choice({ id, name, title }: Column): TemplateResult {
    const chosen = columnChoice().of(this.mode);
    const isLast = chosen.size === 1 && chosen.has(id);
    return html`
      <label title=${title}>
        <input
          type="checkbox"
          name=${id}
          .checked=${chosen.has(id)}
          ?disabled=${isLast}
          @change=${() => {
            columnChoice().toggle(this.mode, id);
          }}
        />
        ${name}
      </label>
    `;
  }

  readonly #onReset = (): void => {
    columnChoice().reset(this.mode);
  };

  /** Whoever had the keyboard in the menu has it at the button again. */
  readonly #onBeforeToggle = (event: ToggleEvent): void => {
    if (event.newState === 'closed' && this.menu.matches(':focus-within')) this.button.focus();
  };

  /** Below its button and within the page: a popover itself does not know where it came from. */
  readonly #onToggle = (event: ToggleEvent): void => {
    if (event.newState !== 'open') return;
    const { left, bottom } = this.button.getBoundingClientRect();
    const { width, height } = this.menu.getBoundingClientRect();
    const { style } = this.menu;
    style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
    style.top = `${Math.max(GAP, Math.min(bottom + 4, innerHeight - height - GAP))}px`;
    this.menu.querySelector('input')?.focus();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-chain-columns': ChainColumns;
  }
}
