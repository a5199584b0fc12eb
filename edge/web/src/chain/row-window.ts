/** Rows of a table, by index, both ends included. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

const EVERY_ROW: RowRange = { first: 0, last: Infinity };

/** Rows beyond either edge that are drawn as well, for a scroll that is under way. */
const MARGIN = 3;

/** How old a row that is out of view may get, in milliseconds. */
const EVERY_ROW_WITHIN = 1_000;

/** The rows that a scroll position shows, with a margin. All measures in pixels. */
export function rowsInView(scrollTop: number, height: number, rowHeight: number): RowRange {
  return {
    first: Math.floor(scrollTop / rowHeight) - MARGIN,
    last: Math.ceil((scrollTop + height) / rowHeight) + MARGIN,
  };
}

/**
 * Chooses which rows a drawing touches.
 *
 * Laying out figures that nobody sees is most of what a chain costs, so a chain that only brings
 * new figures is drawn in view. All rows follow once a second, when the figures have come to rest,
 * and at once when the table itself is another; so a reader of the whole page is never far behind.
 */
export class RowWindow {
  #table = '';
  #drawnAllAt = -Infinity;

  constructor(private readonly now: () => number) {}

  /** The rows to draw; `table` names everything but the figures, `atRest` says that none follow. */
  next(table: string, inView: RowRange, atRest: boolean): RowRange {
    const now = this.now();
    const isRecent = now - this.#drawnAllAt < EVERY_ROW_WITHIN;
    if (table === this.#table && isRecent && !atRest) return inView;
    this.#table = table;
    this.#drawnAllAt = now;
    return EVERY_ROW;
  }
}
