import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { explain, type Explanation } from '../explain/explanation';
import { MISSING } from '../format/absent';
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
        contain: layout style;
        container-type: inline-size;
      }

      ul {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(132px, 1fr));
        margin: 0;
        padding: 8px;
        list-style: none;
      }

      button {
        display: grid;
        gap: 4px;
        align-content: start;
        width: 100%;
        height: 100%;
        padding: 6px 8px;
        border: 0;
        border-radius: var(--radius);
        background: none;
        color: var(--muted);
        font-size: 11px;
        line-height: 14px;
        text-align: left;
        cursor: help;
      }

      button:hover {
        background: var(--raised);
      }

      button:hover .name {
        text-decoration: underline dotted;
        text-underline-offset: 3px;
      }

      .value {
        color: var(--number, var(--text));
        font-size: 17px;
        font-weight: 600;
        line-height: 20px;
        white-space: nowrap;
      }

      .value.missing {
        color: var(--muted);
        font-weight: 400;
      }

      @container (width < 560px) {
        ul {
          padding: 4px;
        }

        button {
          gap: 2px;
          padding: 5px 8px;
        }

        .value {
          font-size: 15px;
        }
      }
    `,
  ];

  @property({ attribute: false }) figures: readonly KeyFigure[] = [];

  protected override render(): TemplateResult {
    return html`<ul>
      ${this.figures.map((figure) => html`<li>${this.#button(figure)}</li>`)}
    </ul>`;
  }

  #button({ name, value, note, explanation }: KeyFigure): TemplateResult {
    return html`
      <button
        title="Explain this number"
        aria-haspopup="dialog"
        @click=${() => {
          explain(this, explanation);
        }}
      >
        <span class="name">${name}</span>
        <span class="value ${value === MISSING ? 'missing' : ''}">${value}</span>
        ${note === undefined ? nothing : html`<span>${note}</span>`}
      </button>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-key-figures': KeyFigures;
  }
}
