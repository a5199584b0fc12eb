import { STRIKE_WIDTH, WIDE_FROM, widthOf } from './column-fit';
import { OUTER_COLUMNS, type Column } from './columns';

/** A length in a row: so much of the room of one side, and so much of the strike's column. */
export interface Span {
  readonly side: number;
  readonly strike: number;
}

const NOTHING: Span = { side: 0, strike: 0 };

/** The widths of a row's cells from left to right: calls, strike, puts mirrored. */
export function cellWidths(columns: readonly Column[], tableWidth: number): readonly Span[] {
  const room = leastWidth(columns, tableWidth);
  const calls = columns.map((column) => ({ side: widthOf(column, tableWidth) / room, strike: 0 }));
  return [...calls, { side: 0, strike: 1 }, ...calls.toReversed()];
}

/**
 * Where the cells of a row stand and how long its bars may be, as a style sheet.
 *
 * A cell that a grid or a flex line gives its place is laid out with its whole row; one that has
 * its place from here is laid out alone, in two thirds of the time.
 */
export function columnSheet(columns: readonly Column[], tableWidth: number): string {
  const strike = `${tableWidth >= WIDE_FROM ? STRIKE_WIDTH.wide : STRIKE_WIDTH.narrow}px`;
  const css = (span: Span): string =>
    `calc((100% - ${strike}) / 2 * ${span.side} + ${strike} * ${span.strike})`;
  const widths = cellWidths(columns, tableWidth);
  const cells = widths.map((width, index) => {
    const left = widths.slice(0, index).reduce(sum, NOTHING);
    return `:where(.row) > span:nth-of-type(${index + 1}) { left: ${css(left)}; width: ${css(width)}; }`;
  });
  const outer = columns.filter(({ id }) => OUTER_COLUMNS.has(id));
  const side = leastWidth(outer, tableWidth) / leastWidth(columns, tableWidth);
  return [...cells, `.bar { width: ${css({ side, strike: 0 })}; }`].join('\n');
}

function leastWidth(columns: readonly Column[], tableWidth: number): number {
  return columns.reduce((total, column) => total + widthOf(column, tableWidth), 0);
}

function sum(one: Span, other: Span): Span {
  return { side: one.side + other.side, strike: one.strike + other.strike };
}
