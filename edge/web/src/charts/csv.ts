import type { Cell, FigureTable } from './table';

/** What a spreadsheet takes for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;

/** Writes rows as CSV (RFC 4180). A figure that is not known is an empty cell. */
export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cellText).join(',')}\r\n`).join('');
}

/** Writes a table with its headings. */
export function tableCsv({ columns, rows }: FigureTable): string {
  return csvOf([columns.map(({ heading }) => heading), ...rows]);
}

/** A text that a spreadsheet would run is given an apostrophe; a number never. */
function cellText(value: Cell): string {
  if (value == null) return '';
  if (typeof value === 'number') return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
