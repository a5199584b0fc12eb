/** Rows of a table, by index, both ends included. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

const EVERY_ROW: readonly RowRange[] = [{ first: 0, last: Infinity }];

/** Rows beyond either edge that are drawn as well, for a scroll that is under way. */
const MARGIN = 1;

/** How old a row that is out of view may get while figures keep coming, in milliseconds. */
const EVERY_ROW_WITHIN = 5_000;

/** A pause after which all rows are drawn: chains come seldom enough. In milliseconds. */
const SELDOM = 1_000;

/** The rows that a scroll position shows, with a margin. All measures in pixels. */
export function rowsInView(scrollTop: number, height: number, rowHeight: number): RowRange {
  return {
    first: Math.floor(scrollTop / rowHeight) - MARGIN,
    last: Math.ceil((scrollTop + height) / rowHeight) + MARGIN,
  };
}

/** Whether a row is among those of some ranges. */
export function isWithin(ranges: readonly RowRange[], index: number): boolean {
  return ranges.some(({ first, last }) => index >= first && index <= last);
}

/**
 * Chooses which rows a drawing touches.
 *
 * Drawing figures that nobody sees is most of what a chain costs, so a chain that only brings new
 * figures is drawn in view. The others take turns, some in each drawing and each within seconds: a
 * reader of the whole page is never far behind, and no drawing is a long one. All are drawn when
 * the figures have come to rest, and at once when the table itself is another.
 */
export class RowWindow {
  #table = '';
  #turn = 0;
  #drawnAt = -Infinity;

  constructor(private readonly now: () => number) {}

  /**
   * The rows to draw, of so many; `table` names everything but the figures, `atRest` says that no
   * others follow.
   */
  next(table: string, rows: number, inView: RowRange, atRest: boolean): readonly RowRange[] {
    const now = this.now();
    const elapsed = now - this.#drawnAt;
    this.#drawnAt = now;
    if (table !== this.#table || atRest || elapsed >= SELDOM) {
      this.#table = table;
      return EVERY_ROW;
    }
    const first = this.#turn;
    const end = first + Math.ceil((rows * elapsed) / EVERY_ROW_WITHIN);
    this.#turn = rows === 0 ? 0 : end % rows;
    return [inView, { first, last: end - 1 }, { first: 0, last: end - rows - 1 }];
  }
}
