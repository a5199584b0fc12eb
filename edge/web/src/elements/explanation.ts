import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

import type { Explanation } from '../explain/explanation';
import { age } from '../format/durations';
import { productFormat } from '../format/product-format';
import { followTime } from '../state/heartbeat';
import { dialogStyles } from '../styles/dialog';
import { controls, tokens } from '../styles/tokens';
import { closeBeside, dialogTitle } from './dialog-frame';
import { explanationStyles } from './explanation.styles';
import { MarketElement } from './market-element';

/**
 * The dialog that says what stands behind a figure.
 *
 * It keeps what it was told: only the age goes on while it is open. Escape, the button and a click
 * beside it close it, and whoever had the keyboard before has it again.
 */
@customElement('ds-explanation')
export class ExplanationDialog extends MarketElement {
  static override styles = [tokens, controls, dialogStyles, explanationStyles];

  /** Symbol of the product whose exchange tells the time. */
  @property() product = '';

  @state() private explanation: Explanation | undefined;

  @query('dialog') private readonly dialog!: HTMLDialogElement | null;

  /** Explains a figure, in the place of the one that was explained before. */
  async show(explanation: Explanation): Promise<void> {
    this.explanation = explanation;
    await this.updateComplete;
    if (this.dialog?.open === false) this.dialog.showModal();
  }

  protected override render(): TemplateResult {
    return html`
      <dialog aria-labelledby="title" @click=${closeBeside} @close=${this.#onClosed}>
        ${this.explanation === undefined ? nothing : this.#content(this.explanation)}
      </dialog>
    `;
  }

  #content(explanation: Explanation): TemplateResult {
    const { heading, value, missing, formula, inputs, convention } = explanation;
    return html`
      ${dialogTitle(heading)}
      <p class="value">${value}</p>
      ${missing === undefined ? nothing : html`<p class="missing">Missing: ${missing}.</p>`}
      ${
        formula === undefined
          ? nothing
          : html`<h3>Formula</h3>
              <p class="formula">${formula}</p>`
      }
      ${
        inputs.length === 0
          ? nothing
          : html`<h3>Inputs</h3>
              ${definitions(inputs)}`
      }
      ${
        convention === undefined
          ? nothing
          : html`<h3>Convention</h3>
              <p class="convention">${convention}</p>`
      }
      ${this.#age(explanation)}
    `;
  }

  #age({ timestamp, publishedAt }: Explanation): TemplateResult | typeof nothing {
    if (timestamp === undefined) return nothing;
    followTime();
    const { state: market, clock } = this.market;
    const format = productFormat(market.product(this.product));
    const elapsed = clock.now() - Date.parse(publishedAt ?? timestamp);
    return html`
      <p class="age">As of ${format.moment(Date.parse(timestamp))} · ${age(elapsed)} old</p>
    `;
  }

  readonly #onClosed = (): void => {
    this.explanation = undefined;
  };
}

function definitions(inputs: Explanation['inputs']): TemplateResult {
  return html`
    <dl>
      ${inputs.map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${value}</dd>`,
      )}
    </dl>
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-explanation': ExplanationDialog;
  }
}
