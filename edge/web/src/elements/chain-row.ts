/** The rows of the chain's table, as templates. */
import { html, nothing, type TemplateResult } from 'lit';

import { VOLATILITY_COLUMNS, type Column } from '../chain/columns';
import { putCallRatio, type Rung, type Strike, type Totals } from '../chain/ladder';
import { missingSentence } from '../contract/missing';
import type { Side } from '../contract/types';
import { MISSING } from '../format/absent';
import type { ProductFormat } from '../format/product-format';

/** What all rows of one table have in common. */
export interface RowContext {
  /** Columns of a side, from its outer edge to the strike. */
  readonly columns: readonly Column[];
  readonly format: ProductFormat;
  /** Whether open interest is drawn as bars: where its figures are shown, too. */
  readonly hasBars: boolean;
  /** Whether a text leaves the cell of a column. */
  readonly isTooLong: (text: string, column: Column) => boolean;
  /** Open interest of a full bar. */
  readonly largestOpenInterest: number;
}

/** Columns in the order in which a side shows them from left to right. */
export function inReadingOrder(columns: readonly Column[], side: Side): readonly Column[] {
  return side === 'call' ? columns : columns.toReversed();
}

export function strikeRow(
  strike: Strike,
  marks: { readonly isAtTheMoney: boolean; readonly isMaxPain: boolean },
  context: RowContext,
): TemplateResult {
  return html`
    ${context.hasBars ? bars(strike, context) : nothing} ${sideCells(strike.call, 'call', context)}
    <span role="rowheader" class="strike">
      <span class="marks">
        ${marks.isMaxPain ? html`<abbr title="Max pain">◆</abbr>` : nothing}
        ${marks.isAtTheMoney ? html`<abbr class="chip" title="At the money">ATM</abbr>` : nothing}
      </span>
      <b>${context.format.strike(strike.strike)}</b>
      <span class="ratio" title="Put-call ratio of open interest at this strike">
        ${context.format.ratio(putCallRatio(strike))}
      </span>
    </span>
    ${sideCells(strike.put, 'put', context)}
  `;
}

/** Open interest as lengths; they repeat figures, so they are a picture and nothing more. */
function bars({ call, put }: Strike, { largestOpenInterest }: RowContext): TemplateResult {
  const lengths = [call, put].map((rung) => {
    const share = (rung?.leg.open_interest ?? 0) / (largestOpenInterest || 1);
    return `calc(var(--longest-bar) * ${share.toFixed(3)}) 100%`;
  });
  return html`<i
    class="bars"
    aria-hidden="true"
    .style=${`background-size:${lengths.join()}`}
  ></i>`;
}

function sideCells(rung: Rung | undefined, side: Side, context: RowContext): TemplateResult[] {
  return inReadingOrder(context.columns, side).map((column) => cell(column, rung, side, context));
}

function cell(
  column: Column,
  rung: Rung | undefined,
  side: Side,
  { format, isTooLong }: RowContext,
): TemplateResult {
  const text = rung === undefined ? MISSING : column.write(rung.leg, format);
  const fit = isTooLong(text, column) ? 'long' : '';
  return html`<span
    role="gridcell"
    class="${side} ${column.id} ${look(column, rung)} ${text === MISSING || text === '0' ? 'none' : ''} ${fit}"
    title=${rung === undefined ? nothing : (remark(column, rung, text) ?? nothing)}
    >${text}</span
  >`;
}

/** Classes that colour a cell by its sign or by its latest move. */
function look(column: Column, rung: Rung | undefined): string {
  if (rung === undefined) return '';
  if (column.id === 'last' && rung.move !== undefined) {
    return `moved-${rung.move}`;
  }
  return column.look?.(rung.leg) ?? '';
}

/** Why a figure is missing, or what a tag stands for. */
function remark(column: Column, { leg }: Rung, text: string): string | undefined {
  if (text !== MISSING) return column.spell?.(leg);
  return missingSentence(VOLATILITY_COLUMNS.has(column.id) ? leg.iv_missing : undefined);
}

/** The sums of a side; columns that cannot be summed stay empty. */
export function totalCells(totals: Totals, side: Side, context: RowContext): TemplateResult[] {
  const { format } = context;
  const texts: Readonly<Partial<Record<Column['id'], string>>> = {
    open_interest: format.quantity(totals.openInterest),
    change_in_open_interest: format.quantityChange(totals.changeInOpenInterest),
    volume: format.quantity(totals.volume),
  };
  return inReadingOrder(context.columns, side).map(
    (column) => html`<span role="gridcell" class=${side}>${texts[column.id]}</span>`,
  );
}
