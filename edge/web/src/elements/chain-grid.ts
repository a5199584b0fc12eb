import { html, noChange, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';

import {
  columnsThatFit,
  COUNTING_COLUMNS,
  STRIKE_WIDTH,
  WIDE_FROM,
  type Column,
} from '../chain/columns';
import { buildLadder, strikesBelow, type Ladder, type Strike } from '../chain/ladder';
import { rowsInView, RowWindow, type RowRange } from '../chain/row-window';
import type { EnrichedChain, Product } from '../contract/types';
import { calendarDate, productFormat } from '../format';
import type { Mode } from '../state/place';
import { tokens } from '../styles/tokens';
import { gridStyles } from './chain-grid.styles';
import { skeletonRows, spotRow, tableFoot, tableHead } from './chain-frame';
import { strikeRow, type RowContext } from './chain-row';
import { SignalElement } from './signal-element';

/** Milliseconds for which the moves of a chain stay marked when no other follows. */
const MOVES_SHOWN_FOR = 800;

/** The mirrored table of a chain: calls, strike, puts. It draws; others fetch. */
@customElement('ds-chain-grid')
export class ChainGrid extends SignalElement {
  static override styles = [tokens, gridStyles];

  /** The chain to show; absent shows a skeleton. */
  @property({ attribute: false }) chain: EnrichedChain | undefined;
  @property({ attribute: false }) product: Product | undefined;

  /** Latest price of the underlying, for the spot line. */
  @property({ type: Number }) spot: number | undefined;
  @property() mode: Mode = 'price';

  @state() private columns: readonly Column[] = columnsThatFit('price', 1024);
  @state() private isWide = true;

  /** Whether the moves of the latest chain have been shown for long enough. */
  @state() private isSettled = false;

  #ladder: Ladder | undefined;
  #centred = '';
  #width = 1024;
  #height = 0;
  #scrollTop = 0;
  readonly #rows = new RowWindow(() => performance.now());
  #settling: ReturnType<typeof setTimeout> | undefined;

  readonly #resized = new ResizeObserver(([entry]) => {
    this.#width = entry?.contentRect.width ?? this.#width;
    this.#height = entry?.contentRect.height ?? this.#height;
    this.#fitColumns();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
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
    scroller.scrollTop = middle.offsetTop - (scroller.clientHeight + covered - ROW_HEIGHT) / 2;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('mode')) this.#fitColumns();
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
    const context: RowContext = {
      columns: this.columns,
      format: productFormat(this.product),
      hasBars: this.#countingColumns() > 0,
      largestOpenInterest: ladder?.largestOpenInterest ?? 0,
    };
    return html`
      <div
        class="scroller"
        tabindex="0"
        role="region"
        aria-label="Option chain, scrollable"
        @scroll=${this.#onScroll}
      >
        <div
          role="table"
          class="table ${this.isWide ? 'wide' : 'narrow'} ${this.isSettled ? 'settled' : ''}"
          aria-label=${this.#name()}
          aria-busy=${this.chain === undefined ? 'true' : 'false'}
          .style=${`--columns:${this.#template()};--bar-span:${this.#countingColumns()}`}
        >
          <div role="rowgroup" class="head">${tableHead(this.product, context)}</div>
          <div role="rowgroup" class="body">
            ${ladder === undefined ? skeletonRows(context) : this.#body(ladder, context)}
          </div>
          ${ladder !== undefined && context.hasBars ? tableFoot(ladder, this.chain?.pcr_oi, context) : nothing}
        </div>
      </div>
    `;
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

  #fitColumns(): void {
    this.isWide = this.#width >= WIDE_FROM;
    const columns = columnsThatFit(this.mode, this.#width);
    if (columns.map(({ id }) => id).join() !== this.columns.map(({ id }) => id).join()) {
      this.columns = columns;
    }
  }

  /** Widths that depend on nothing but the table's own, so that no figure moves a column. */
  #template(): string {
    const share = ({ width }: Column): string => `minmax(0,${width}fr)`;
    const strike = `${this.isWide ? STRIKE_WIDTH.wide : STRIKE_WIDTH.narrow}px`;
    const calls = this.columns.map(share);
    return [...calls, strike, ...calls.toReversed()].join(' ');
  }

  #countingColumns(): number {
    return this.columns.filter(({ id }) => COUNTING_COLUMNS.has(id)).length;
  }

  #body(ladder: Ladder, context: RowContext): unknown {
    const price = this.spot ?? this.chain?.spot_price;
    const below = price === undefined ? 0 : strikesBelow(ladder, price);
    const lines: (Strike | number)[] = [...ladder.strikes];
    const drawn = this.#rowsToDraw(ladder);
    if (price !== undefined) lines.splice(below, 0, price);
    return repeat(
      lines,
      (line) => (typeof line === 'number' ? 'spot' : line.strike),
      (line, index) =>
        typeof line === 'number'
          ? spotRow(line, context)
          : this.#row(
              line,
              price === undefined ? undefined : index < below,
              index >= drawn.first && index <= drawn.last,
              context,
            ),
    );
  }

  #row(
    strike: Strike,
    isBelowSpot: boolean | undefined,
    isDrawn: boolean,
    context: RowContext,
  ): TemplateResult {
    const isAtTheMoney = strike.strike === this.chain?.atm_strike;
    const isMaxPain = this.chain?.max_pain_ties.includes(strike.strike) ?? false;
    const place = isBelowSpot === undefined ? '' : isBelowSpot ? 'below' : 'above';
    const { columns, format, largestOpenInterest } = context;
    return html`<div role="row" class="row ${place} ${isAtTheMoney ? 'atm' : ''}">
      ${
        isDrawn
          ? guard([strike, isAtTheMoney, isMaxPain, columns, format, largestOpenInterest], () =>
              strikeRow(strike, { isAtTheMoney, isMaxPain }, context),
            )
          : noChange
      }
    </div>`;
  }

  #rowsToDraw(ladder: Ladder): RowRange {
    const columns = this.columns.map(({ id }) => id).join();
    const table = `${this.#shown} ${columns} ${ladder.strikes.length} ${this.product?.symbol ?? ''}`;
    const inView = rowsInView(this.#scrollTop, this.#height, ROW_HEIGHT);
    return this.#rows.next(table, inView, this.isSettled);
  }
}

/** Height of a row in pixels, as the styles have it. */
const ROW_HEIGHT = 28;

declare global {
  interface HTMLElementTagNameMap {
    'ds-chain-grid': ChainGrid;
  }
}
