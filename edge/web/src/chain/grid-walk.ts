/** Where the keyboard goes in the table of a chain. */

/** A cell of the table by the place of its row and its column. */
export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** How far there is to go, in rows and columns; the last of each is one less. */
export interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** Rows that are seen at once. */
  readonly page: number;
}

/** By the arrows, Home and End within the row, with Control to the corners; pages by Page keys. */
export function walk(
  from: CellPlace,
  { key, ctrlKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey'>,
  size: GridSize,
): CellPlace | undefined {
  const { row, column } = from;
  switch (key) {
    case 'ArrowUp':
      return within({ row: row - 1, column }, size);
    case 'ArrowDown':
      return within({ row: row + 1, column }, size);
    case 'ArrowLeft':
      return within({ row, column: column - 1 }, size);
    case 'ArrowRight':
      return within({ row, column: column + 1 }, size);
    case 'PageUp':
      return within({ row: row - size.page, column }, size);
    case 'PageDown':
      return within({ row: row + size.page, column }, size);
    case 'Home':
      return { row: ctrlKey ? 0 : row, column: 0 };
    case 'End':
      return within({ row: ctrlKey ? Infinity : row, column: Infinity }, size);
    default:
      return undefined;
  }
}

function within({ row, column }: CellPlace, { rows, columns }: GridSize): CellPlace {
  return {
    row: Math.max(0, Math.min(row, rows - 1)),
    column: Math.max(0, Math.min(column, columns - 1)),
  };
}
