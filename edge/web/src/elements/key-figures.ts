import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { explain, type Explanation } from '../explain/explanation';
import { tokens } from '../styles/tokens';

/** One figure of those that stand above a chart. */
export interface KeyFigure {
  readonly name: string;
  /** As it is written; a dash where it is missing. */
  readonly value: string;
  readonly note?: string;
  readonly explanation: Explanation;
}

/** The figures that sum up a screen. A click on one explains it. */
@customElement('ds-key-figures')
export class KeyFigures extends LitElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: block;
        border-bottom: 1px solid var(--line);
      }

      ul {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(132px, 1fr));
        margin: 0;
        padding: 8px 8px;
        list-style: none;
      }

      button {
        display: grid;
        gap: 4px;
        width: 100%;
        height: 100%;
        padding: 6px 8px;
        border: 0;
        border-radius: var(--radius);
        background: none;
        color: var(--muted);
        font-size: 11px;
        text-align: left;
        align-content: start;
        cursor: pointer;
      }

      button:hover {
        background: var(--raised);
      }

      .value {
        color: var(--number, var(--text));
        font-size: 17px;
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) figures: readonly KeyFigure[] = [];

  protected override render(): TemplateResult {
    return html`
      <ul>
        ${this.figures.map(
          (figure) => html`
            <li>
              <button
                title="Explain this number"
                @click=${() => {
                  explain(this, figure.explanation);
                }}
              >
                <span>${figure.name}</span>
                <span class="value">${figure.value}</span>
                ${figure.note === undefined ? nothing : html`<span>${figure.note}</span>`}
              </button>
            </li>
          `,
        )}
      </ul>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-key-figures': KeyFigures;
  }
}
