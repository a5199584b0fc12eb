/** What stands around the strikes in the chain's table, as templates. */
import { html, nothing, type TemplateResult } from 'lit';

import type { Ladder } from '../chain/ladder';
import type { Product, Side } from '../contract/types';
import type { Maybe } from '../format/absent';
import { inReadingOrder, totalCells, type RowContext } from './chain-row';

/** Rows of the skeleton that stands in for the first chain. */
const SKELETON_ROWS = 24;

/** The names of the sides with their units, and those of the columns. */
export function tableHead(
  product: Product | undefined,
  { columns, format }: RowContext,
): TemplateResult {
  const unit = product && `OI and volume in ${format.unit}`;
  return html`
    <div role="row" class="row sides">
      <span role="columnheader" class="call" aria-colspan=${columns.length}>
        Calls <small>${unit}</small>
      </span>
      <span role="columnheader" class="strike"></span>
      <span role="columnheader" class="put" aria-colspan=${columns.length}>
        <small>${product ? `Prices in ${product.currency}` : nothing}</small> Puts
      </span>
    </div>
    <div role="row" class="row headings">
      ${headings(columns, 'call')}
      <span role="columnheader" class="strike"
        ><span class="marks"></span>Strike<span
          class="ratio"
          title="Put-call ratio of open interest"
          >PCR</span
        ></span
      >
      ${headings(columns, 'put')}
    </div>
  `;
}

function headings(columns: RowContext['columns'], side: Side): TemplateResult[] {
  return inReadingOrder(columns, side).map(
    ({ id, heading, title }) =>
      html`<span role="columnheader" class="${side} ${id}" title=${title}>${heading}</span>`,
  );
}

/** The line at the price of the underlying, between the strikes that it lies between. */
export function spotRow(
  price: number | undefined,
  { columns, format }: RowContext,
): TemplateResult {
  return html`<div role="row" class="spot">
    <span role="gridcell" aria-colspan=${columns.length * 2 + 1}>
      <span class="visually-hidden">Spot</span>${format.price(price)}
    </span>
  </div>`;
}

/** The sums of both sides, and the ratio of their open interest. */
export function tableFoot(
  ladder: Ladder,
  putCallRatio: Maybe<number>,
  context: RowContext,
): TemplateResult {
  return html`<div role="rowgroup" class="foot">
    <div role="row" class="row totals">
      ${totalCells(ladder.calls, 'call', context)}
      <span role="rowheader" class="strike"
        ><span class="marks"></span>Total<span class="ratio"
          >${context.format.ratio(putCallRatio)}</span
        ></span
      >
      ${totalCells(ladder.puts, 'put', context)}
    </div>
  </div>`;
}

/** The shape of a table whose figures are not there yet. */
export function skeletonRows({ columns }: RowContext): TemplateResult[] {
  const cells = Array.from(
    { length: columns.length * 2 + 1 },
    () => html`<span role="gridcell"><i></i></span>`,
  );
  return Array.from(
    { length: SKELETON_ROWS },
    () => html`<div role="row" class="row skeleton">${cells}</div>`,
  );
}
