import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

import { tableCsv } from '../charts/csv';
import { download } from '../charts/download';
import { beginDrawing, type Drawing, type Plan } from '../charts/drawing';
import { framedPicture } from '../charts/picture';
import type { FigureTable } from '../charts/table';
import { themeAt } from '../charts/theme';
import { controls, tokens } from '../styles/tokens';
import { figureStyles } from './figure.styles';
import { figureTable } from './figure-table';

/** Device pixels a CSS pixel in a picture that is saved: sharp in print. */
const PICTURE_SCALE = 2;

/**
 * A chart, and all that it takes to trust it: what it shows, where from, as of when, under which
 * assumption. Its figures can be read as a table, and both can be saved.
 *
 * Without a plan it is its table alone; without figures it says that there are none.
 */
@customElement('ds-figure')
export class Figure extends LitElement {
  static override styles = [tokens, controls, figureStyles];

  @property() heading = '';

  /** What it is of, such as a product and an expiry: stands in the saved picture too. */
  @property() subject = '';

  /** Source, time and assumption, in a sentence or two. */
  @property() caption = '';

  /** What the chart says, in a sentence, for who cannot see it. */
  @property() summary = '';

  /** What is said where there is nothing to draw. */
  @property() empty = 'There is nothing to draw yet.';

  /** Begins the names of files that are saved. */
  @property() filename = 'deltastream';

  @property({ attribute: false }) plan: Plan | undefined;
  @property({ attribute: false }) table: FigureTable | undefined;

  @query('.chart') private readonly host!: HTMLElement | null;
  @state() private wantsTable = false;
  @state() private isBroken = false;

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
    this.#end();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`
      <figure>
        <header>
          <h2>
            ${this.heading} ${this.subject === '' ? nothing : html`<small>${this.subject}</small>`}
          </h2>
          <div class="tools"><slot name="controls"></slot>${this.#tools()}</div>
        </header>
        <div class="stage">
          ${
            this.#canDraw
              ? html`<div
                  class="chart"
                  role="img"
                  aria-label=${this.summary || this.heading}
                  ?data-covered=${this.#showsTable}
                ></div>`
              : nothing
          }
          ${this.#showsTable ? figureTable(this.table, this.heading) : nothing}
          ${
            this.#message === undefined
              ? nothing
              : html`<p class="message" role="status">${this.#message}</p>`
          }
        </div>
        <figcaption>${this.caption}</figcaption>
      </figure>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!this.#canDraw) this.#end();
    else if (changed.has('plan') || (this.#drawing === undefined && !this.isBroken)) this.#draw();
  }

  /** A table without a row says that there is nothing to draw either. */
  get #isEmpty(): boolean {
    const { plan, table } = this;
    return table === undefined ? plan === undefined : table.rows.length === 0;
  }

  get #canDraw(): boolean {
    return this.plan !== undefined && !this.#isEmpty;
  }

  get #showsTable(): boolean {
    const { table, plan } = this;
    return table !== undefined && !this.#isEmpty && (this.wantsTable || plan === undefined);
  }

  get #message(): string | undefined {
    if (this.#isEmpty) return this.empty;
    if (!this.isBroken || this.#showsTable) return undefined;
    return 'The chart could not be loaded. Its figures are in the table.';
  }

  #tools(): TemplateResult {
    const { heading } = this;
    const hasTable = this.table !== undefined && !this.#isEmpty;
    return html`
      ${
        this.plan === undefined
          ? nothing
          : html`
              <button
                class="control"
                aria-pressed=${this.#showsTable ? 'true' : 'false'}
                aria-label="Table: ${heading}"
                title="Show the figures as a table"
                ?disabled=${!hasTable}
                @click=${this.#onTable}
              >
                Table
              </button>
              <button
                class="control"
                title="Save as a picture"
                aria-label="PNG: save ${heading} as a picture"
                ?disabled=${!this.#canDraw || this.isBroken}
                @click=${this.#onPicture}
              >
                PNG
              </button>
            `
      }
      <button
        class="control"
        title="Save the figures"
        aria-label="CSV: save the figures of ${heading}"
        ?disabled=${!hasTable}
        @click=${this.#onCsv}
      >
        CSV
      </button>
    `;
  }

  readonly #draw = (): void => {
    const { plan } = this;
    if (plan === undefined || !this.#canDraw || !this.isConnected) return;
    if (this.#drawing?.medium === plan.medium) this.#drawing.show(plan, themeAt(this));
    else void this.#begin(plan.medium);
  };

  async #begin(medium: Plan['medium']): Promise<void> {
    const { host } = this;
    if (this.#isBeginning || host === null) return;
    this.#end();
    this.#isBeginning = true;
    try {
      const drawing = await beginDrawing(medium, host);
      this.#drawing = drawing;
      this.isBroken = false;
    } catch {
      // Its code could not be fetched; the next plan tries again.
      this.isBroken = true;
    } finally {
      this.#isBeginning = false;
    }
    if (!this.isConnected || host !== this.host) this.#end();
    if (this.#drawing === undefined) return;
    this.#resizes.observe(host);
    this.#draw();
  }

  #end(): void {
    this.#resizes.disconnect();
    this.#drawing?.end();
    this.#drawing = undefined;
  }

  readonly #onTable = (): void => {
    this.wantsTable = !this.wantsTable;
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
