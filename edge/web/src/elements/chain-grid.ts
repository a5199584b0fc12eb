import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { columnChoice } from '../chain/column-choice';
import { columnsThatFit, WIDE_FROM } from '../chain/column-fit';
import { columnSheet, tooLong } from '../chain/column-places';
import type { Column } from '../chain/columns';
import { buildLadder, type Ladder } from '../chain/ladder';
import { rowsInView, RowWindow, type RowRange } from '../chain/row-window';
import type { EnrichedChain, Product } from '../contract/types';
import { explain } from '../explain/explanation';
import { explainCell, type Line } from '../explain/grid-cell';
import { isSummed } from '../explain/totals';
import { calendarDate } from '../format/durations';
import { productFormat } from '../format/product-format';
import type { Mode } from '../state/place';
import type { PriceTrail } from '../state/price-trail';
import { tokens } from '../styles/tokens';
import { bodyRows } from './chain-body';
import { CellFocus } from './chain-cell-focus';
import { cellStyles } from './chain-cell.styles';
import { gridStyles } from './chain-grid.styles';
import { skeletonRows, tableFoot, tableHead } from './chain-frame';
import type { RowContext } from './chain-row';
import { SignalElement } from './signal-element';

/** Milliseconds for which the moves of a chain stay marked when no other follows. */
const MOVES_SHOWN_FOR = 800;

/**
 * The mirrored table of a chain: calls, strike, puts. It draws; others fetch.
 *
 * A cell that is clicked or entered fires `ds-explain`.
 */
@customElement('ds-chain-grid')
export class ChainGrid extends SignalElement {
  static override styles = [tokens, gridStyles, cellStyles];

  /** The chain to show; absent shows a skeleton. */
  @property({ attribute: false }) chain: EnrichedChain | undefined;
  @property({ attribute: false }) product: Product | undefined;

  /** Recent prices of the underlying: the latest is where the spot line stands. */
  @property({ attribute: false }) trail: PriceTrail | undefined;
  @property() mode: Mode = 'price';

  /** Width of the table in pixels. */
  @state() private width = 1024;

  /** Whether the moves of the latest chain have been shown for long enough. */
  @state() private isSettled = false;

  #ladder: Ladder | undefined;
  #columns: readonly Column[] = [];
  #isTooLong = tooLong([], 0);
  /** Widths that depend on nothing but the table's own, so that no figure moves a column. */
  readonly #places = new CSSStyleSheet();
  /** The columns and the width that these are for. */
  #placed = '';
  #centred = '';
  /** In pixels; before it has been measured, every row is in view. */
  #height = Infinity;
  /** In pixels; the page chooses it, and a row of the head tells it. */
  #rowHeight = 28;
  #scrollTop = 0;
  readonly #rows = new RowWindow(() => performance.now());
  #settling: ReturnType<typeof setTimeout> | undefined;

  readonly #resized = new ResizeObserver((entries) => {
    for (const { target, contentRect } of entries) {
      if (target === this) [this.width, this.#height] = [contentRect.width, contentRect.height];
      else this.#rowHeight = contentRect.height;
    }
    this.requestUpdate();
  });

  readonly #cells = new CellFocus(
    this,
    (cell) => {
      this.#explain(cell);
    },
    () => Math.floor(this.#height / this.#rowHeight) - ROWS_COVERED,
  );

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot() as ShadowRoot;
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.#places];
    return root;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#measure();
    this.#resized.observe(this);
    void this.updateComplete.then(() => {
      const row = this.renderRoot.querySelector('.headings');
      if (row !== null && this.isConnected) this.#resized.observe(row);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    clearTimeout(this.#settling);
  }

  /** Scrolls so that the strikes at the money are in the middle. */
  centre(): void {
    const scroller = this.renderRoot.querySelector('.scroller');
    const middle = this.renderRoot.querySelector<HTMLElement>('.spot, .atm');
    if (scroller === null || middle === null) return;
    const covered = this.renderRoot.querySelector<HTMLElement>('.head')?.offsetHeight ?? 0;
    scroller.scrollTop = middle.offsetTop - (scroller.clientHeight + covered - this.#rowHeight) / 2;
  }

  /** Before the first drawing: the observer tells the size after it, and all would be moved. */
  #measure(): void {
    const { width, height } = this.getBoundingClientRect();
    if (width > 0) this.width = width;
    if (height > 0) this.#height = height;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('chain')) return;
    const before = changed.get('chain');
    const isSame = before?.product === this.chain?.product && before?.expiry === this.chain?.expiry;
    this.#ladder = this.chain && buildLadder(this.chain, isSame ? this.#ladder : undefined);
    this.#showMoves();
  }

  protected override updated(): void {
    if (this.#shown !== '' && this.#shown !== this.#centred) this.centre();
    this.#centred = this.#shown;
  }

  /** Names the chain that is shown; empty while there is none. */
  get #shown(): string {
    return this.chain === undefined ? '' : `${this.chain.product} ${this.chain.expiry}`;
  }

  readonly #onScroll = (event: Event): void => {
    this.#scrollTop = (event.target as HTMLElement).scrollTop;
    this.requestUpdate();
  };

  protected override render(): TemplateResult {
    const ladder = this.#ladder;
    this.#fitColumns();
    const context: RowContext = {
      columns: this.#columns,
      format: productFormat(this.product),
      isTooLong: this.#isTooLong,
      hasBars: this.#columns.some(({ id }) => id === 'open_interest'),
      largestOpenInterest: ladder?.largestOpenInterest ?? 0,
    };
    return html`
      <div
        class="scroller"
        role="region"
        aria-label="Option chain, scrollable"
        @scroll=${this.#onScroll}
      >
        <div
          role="grid"
          aria-readonly="true"
          class="table ${this.#isWide ? 'wide' : 'narrow'} ${this.isSettled ? 'settled' : ''}"
          aria-label=${this.#name()}
          aria-busy=${this.chain === undefined ? 'true' : 'false'}
          @click=${this.#cells.onClick}
          @keydown=${this.#cells.onKey}
        >
          <div role="rowgroup" class="head">${tableHead(this.product, context)}</div>
          <div role="rowgroup" class="body">${this.#body(context)}</div>
          ${ladder !== undefined && this.#columns.some(({ id }) => isSummed(id)) ? tableFoot(ladder, this.chain?.pcr_oi, context) : nothing}
        </div>
      </div>
    `;
  }

  get #isWide(): boolean {
    return this.width >= WIDE_FROM;
  }

  #name(): string {
    if (this.chain === undefined) return 'Option chain, loading';
    const { product, expiry } = this.chain;
    return `${product} options expiring ${calendarDate(expiry)}: calls, strike, puts`;
  }

  #showMoves(): void {
    this.isSettled = false;
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.isSettled = true;
    }, MOVES_SHOWN_FOR);
  }

  /** The same columns stay the same list, so that no row is drawn for them. */
  #fitColumns(): void {
    const columns = columnsThatFit(this.mode, this.width, columnChoice().of(this.mode));
    const placed = `${namesOf(columns)} ${this.width}`;
    if (placed === this.#placed) return;
    this.#placed = placed;
    if (namesOf(columns) !== namesOf(this.#columns)) this.#columns = columns;
    this.#isTooLong = tooLong(columns, this.width);
    this.#places.replaceSync(columnSheet(columns, this.width));
  }

  #body(context: RowContext): unknown {
    const { chain } = this;
    const ladder = this.#ladder;
    if (chain === undefined || ladder === undefined) return skeletonRows(context);
    const spot = this.trail?.at(-1)?.price ?? chain.spot_price ?? undefined;
    return bodyRows({ chain, ladder, spot, drawn: this.#rowsToDraw(ladder) }, context);
  }

  #explain(cell: HTMLElement): void {
    const { chain, product, trail } = this;
    const ladder = this.#ladder;
    const row = cell.closest<HTMLElement>('[role="row"]');
    if (chain === undefined || ladder === undefined || row === null) return;
    const cells = row.querySelectorAll(':scope > span');
    const explanation = explainCell(lineOf(row), [...cells].indexOf(cell), {
      chain,
      product,
      trail,
      ladder,
      columns: this.#columns,
      format: productFormat(product),
    });
    if (explanation !== undefined) explain(this, explanation);
  }

  #rowsToDraw(ladder: Ladder): readonly RowRange[] {
    const table = `${this.#shown} ${namesOf(this.#columns)} ${ladder.strikes.length} ${this.product?.symbol ?? ''}`;
    const seen = this.#height - ROWS_COVERED * this.#rowHeight;
    const inView = rowsInView(this.#scrollTop, seen, this.#rowHeight);
    return this.#rows.next(table, ladder.strikes.length + 1, inView, this.isSettled);
  }
}

/** As many rows lie under the head and the foot. */
const ROWS_COVERED = 3;

function namesOf(columns: readonly Column[]): string {
  return columns.map(({ id }) => id).join();
}

function lineOf({ dataset, classList }: HTMLElement): Line {
  if (dataset.strike !== undefined) return Number(dataset.strike);
  return classList.contains('spot') ? 'spot' : 'totals';
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-chain-grid': ChainGrid;
  }
}
