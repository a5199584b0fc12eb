/** A figure of a table: a number, a text, or nothing where it is not known. */
export type Cell = number | string | null | undefined;

export interface TableColumn {
  readonly heading: string;
  /** How its numbers are written for people; a file has them as they are. */
  readonly write?: (value: number | null | undefined) => string;
}

/** The figures behind a chart, as a table: for who cannot see it, for who wants them exactly. */
export interface FigureTable {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a cell says to people. */
export function textOf(cell: Cell, column: TableColumn | undefined): string {
  if (typeof cell === 'string') return cell;
  return column?.write?.(cell) ?? (cell == null ? '–' : String(cell));
}
