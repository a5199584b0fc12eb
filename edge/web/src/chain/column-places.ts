import { STRIKE_WIDTH, WIDE_FROM, widthOf } from './column-fit';
import { OUTER_COLUMNS, type Column } from './columns';

/** A length in a row: so much of the room of one side, and so much of the strike's column. */
export interface Span {
  readonly side: number;
  readonly strike: number;
}

/** What a digit takes in the table's font, in pixels; most other signs take less. */
const CHARACTER_WIDTH = 7.5;

/** The widths of a row's cells from left to right: calls, strike, puts mirrored. */
export function cellWidths(columns: readonly Column[], tableWidth: number): readonly Span[] {
  const room = leastWidth(columns, tableWidth);
  const calls = columns.map((column) => ({ side: widthOf(column, tableWidth) / room, strike: 0 }));
  return [...calls, { side: 0, strike: 1 }, ...calls.toReversed()];
}

/** How wide the cells of a row are and how long its bars may be, as a style sheet. */
export function columnSheet(columns: readonly Column[], tableWidth: number): string {
  const strike = `${strikeWidth(tableWidth)}px`;
  const css = (span: Span): string =>
    `calc((100% - ${strike}) / 2 * ${span.side} + ${strike} * ${span.strike})`;
  const cells = cellWidths(columns, tableWidth).map(
    (width, index) => `:where(.row) > span:nth-of-type(${index + 1}) { width: ${css(width)}; }`,
  );
  const outer = columns.filter(({ id }) => OUTER_COLUMNS.has(id));
  const side = leastWidth(outer, tableWidth) / leastWidth(columns, tableWidth);
  return [...cells, `.bars { --longest-bar: ${css({ side, strike: 0 })}; }`].join('\n');
}

/** Says whether a text leaves the cell of a column: it is cut off, and is seen to be. */
export function tooLong(
  columns: readonly Column[],
  tableWidth: number,
): (text: string, column: Column) => boolean {
  const side = (tableWidth - strikeWidth(tableWidth)) / 2;
  const share = side / leastWidth(columns, tableWidth);
  return (text, column) => text.length * CHARACTER_WIDTH > widthOf(column, tableWidth) * share;
}

function strikeWidth(tableWidth: number): number {
  return tableWidth >= WIDE_FROM ? STRIKE_WIDTH.wide : STRIKE_WIDTH.narrow;
}

function leastWidth(columns: readonly Column[], tableWidth: number): number {
  return columns.reduce((total, column) => total + widthOf(column, tableWidth), 0);
}
