import type { Signal } from '@preact/signals-core';
import { css, html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import { dialogStyles } from '../styles/dialog';
import { controls, tokens } from '../styles/tokens';
import { closeBeside, dialogTitle } from './dialog-frame';
import { SignalElement } from './signal-element';

const KEYS: readonly (readonly [string, string])[] = [
  ['/', 'Find a product by its symbol or name'],
  ['[  ]', 'Previous and next expiry'],
  ['a', 'Centre the strikes at the money'],
  ['g', 'Prices or Greeks'],
  ['c', 'Choose the columns of the chain'],
  ['p', 'Hold the chain as it is, and go on'],
  ['↑ ↓ ← →', 'Move among the figures of the chain; Home, End and Page keys go further'],
  ['Enter', 'Explain the figure, as a click on it does'],
  ['?', 'This help'],
];

const TERMS: readonly (readonly [string, string])[] = [
  ['OI', 'Open interest: how many contracts are open. Bars share one scale for calls and puts.'],
  ['ATM', 'At the money: the strike nearest to spot that has a call and a put.'],
  ['ATM straddle', 'That call and put together: what the market charges for a move either way.'],
  ['PCR', 'Put-call ratio: the puts’ open interest, or volume, over the calls’.'],
  ['Max pain ◆', 'The strike at which the holders of all options together would receive least.'],
  ['Shading', 'In the money: calls below the spot line, puts above it.'],
  [
    'Build-up',
    'By the changes of an option’s price and open interest since the previous close: LB long build-up, SB short build-up, LU long unwinding, SC short covering, N neutral.',
  ],
  ['–', 'Not known. Point at it for the reason.'],
];

/** The keys and the terms of the page. */
@customElement('ds-help-dialog')
export class HelpDialog extends SignalElement {
  static override styles = [
    tokens,
    controls,
    dialogStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: 104px minmax(0, 1fr);
        gap: 6px 12px;
        margin: 0;
      }

      dt {
        font-weight: 600;
      }

      dd {
        margin: 0;
        color: var(--muted);
      }

      kbd {
        padding: 1px 7px;
        border: 1px solid var(--line-strong);
        border-radius: 5px;
        background: var(--raised);
        font-family: inherit;
        font-size: 12px;
        white-space: pre;
      }

      label {
        display: flex;
        gap: 8px;
        align-items: center;
        margin-top: 12px;
        color: var(--muted);
      }

      input {
        accent-color: var(--accent);
      }
    `,
  ];

  /** Whether single keys are commands. */
  @property({ attribute: false }) keys!: Signal<'on' | 'off'>;

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  /** Opens the dialog, or closes it where it is open. */
  toggle(): void {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog aria-labelledby="title" @click=${closeBeside}>
        ${dialogTitle('Help')}
        <h3>Keys</h3>
        <dl>
          ${KEYS.map(
            ([key, what]) =>
              html`<dt><kbd>${key}</kbd></dt>
                <dd>${what}</dd>`,
          )}
        </dl>
        <label>
          <input type="checkbox" .checked=${this.keys.value === 'on'} @change=${this.#onKeys} />
          Single keys are commands
        </label>
        <h3>Terms</h3>
        <dl>
          ${TERMS.map(
            ([term, what]) =>
              html`<dt>${term}</dt>
                <dd>${what}</dd>`,
          )}
        </dl>
      </dialog>
    `;
  }

  readonly #onKeys = (event: Event): void => {
    this.keys.value = (event.target as HTMLInputElement).checked ? 'on' : 'off';
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-help-dialog': HelpDialog;
  }
}
