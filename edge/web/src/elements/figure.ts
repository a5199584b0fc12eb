import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

import { tableCsv } from '../charts/csv';
import { download } from '../charts/download';
import { beginDrawing, type Drawing, type Plan } from '../charts/drawing';
import { framedPicture } from '../charts/picture';
import { textOf, type FigureTable } from '../charts/table';
import { themeAt } from '../charts/theme';
import { controls, tokens } from '../styles/tokens';
import { figureStyles } from './figure.styles';

/** Device pixels a CSS pixel in a picture that is saved: sharp in print. */
const PICTURE_SCALE = 2;

/**
 * A chart, and all that it takes to trust it: what it shows, where from, as of when, under which
 * assumption. Its figures can be read as a table, and both can be saved.
 */
@customElement('ds-figure')
export class Figure extends LitElement {
  static override styles = [tokens, controls, figureStyles];

  @property() heading = '';

  /** Source, time and assumption, in a sentence or two. */
  @property() caption = '';

  /** What the chart says, in a sentence, for who cannot see it. */
  @property() summary = '';

  /** Begins the names of files that are saved. */
  @property() filename = 'deltastream';

  @property({ attribute: false }) plan: Plan | undefined;
  @property({ attribute: false }) table: FigureTable | undefined;

  @query('.chart') private readonly host!: HTMLElement;
  @state() private asTable = false;

  #drawing: Drawing | undefined;
  #isBeginning = false;
  readonly #resizes = new ResizeObserver(() => this.#drawing?.resize());
  readonly #schemes = matchMedia('(prefers-color-scheme: dark)');
  readonly #settings = new MutationObserver(() => {
    this.#draw();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    // Themes and palettes are set on the page's root; a canvas has to be told.
    this.#settings.observe(document.documentElement, { attributes: true });
    this.#schemes.addEventListener('change', this.#draw);
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    this.#settings.disconnect();
    this.#schemes.removeEventListener('change', this.#draw);
    this.#resizes.disconnect();
    this.#drawing?.end();
    this.#drawing = undefined;
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`
      <figure>
        <header>
          <h2>${this.heading}</h2>
          <slot name="controls"></slot>
          <button
            class="control"
            aria-pressed=${this.asTable ? 'true' : 'false'}
            ?disabled=${this.table === undefined}
            @click=${this.#onTable}
          >
            Table
          </button>
          <button
            class="control"
            title="Save as a picture"
            aria-label="Save ${this.heading} as a picture"
            ?disabled=${this.asTable || this.plan === undefined}
            @click=${this.#onPicture}
          >
            PNG
          </button>
          <button
            class="control"
            title="Save the figures"
            aria-label="Save the figures of ${this.heading} as CSV"
            ?disabled=${this.table === undefined}
            @click=${this.#onCsv}
          >
            CSV
          </button>
        </header>
        <div class="chart" role="img" aria-label=${this.summary} ?hidden=${this.asTable}></div>
        ${this.asTable ? this.#tableView() : ''}
        <figcaption>${this.caption}</figcaption>
      </figure>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('plan') || this.#drawing === undefined) this.#draw();
  }

  #tableView(): TemplateResult {
    const { columns = [], rows = [] } = this.table ?? {};
    return html`
      <div class="table" tabindex="0" role="region" aria-label=${this.heading}>
        <table>
          <thead>
            <tr>
              ${columns.map(({ heading }) => html`<th scope="col">${heading}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr>
                  ${row.map((cell, at) => html`<td>${textOf(cell, columns[at])}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  readonly #draw = (): void => {
    const { plan } = this;
    if (plan === undefined || this.asTable || !this.isConnected) return;
    if (this.#drawing?.medium === plan.medium) this.#drawing.show(plan, themeAt(this));
    else void this.#begin(plan.medium);
  };

  async #begin(medium: Plan['medium']): Promise<void> {
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    this.#drawing?.end();
    this.#drawing = undefined;
    const drawing = await beginDrawing(medium, this.host);
    this.#isBeginning = false;
    if (!this.isConnected) {
      drawing.end();
      return;
    }
    this.#drawing = drawing;
    this.#resizes.observe(this.host);
    this.#draw();
  }

  readonly #onTable = (): void => {
    this.asTable = !this.asTable;
    void this.updateComplete.then(this.#draw);
  };

  readonly #onPicture = (): void => {
    const chart = this.#drawing?.picture(PICTURE_SCALE);
    if (chart === undefined) return;
    framedPicture(chart, this, themeAt(this), PICTURE_SCALE).toBlob((picture) => {
      if (picture !== null) download(`${this.filename}.png`, picture);
    });
  };

  readonly #onCsv = (): void => {
    if (this.table === undefined) return;
    download(`${this.filename}.csv`, new Blob([tableCsv(this.table)], { type: 'text/csv' }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-figure': Figure;
  }
}
