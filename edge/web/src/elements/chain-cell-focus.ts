import type { ReactiveController, ReactiveControllerHost } from 'lit';

import { walk, type CellPlace } from '../chain/grid-walk';

/** What the keyboard can reach in the table, row by row: strikes, the spot line, the totals. */
const ROWS = '.body > [role="row"]:not(.skeleton), .foot > [role="row"]';
const CELLS = '[role="gridcell"], [role="rowheader"]';

/** A table whose cells can be walked. */
interface CellHost extends ReactiveControllerHost, HTMLElement {
  readonly renderRoot: HTMLElement | DocumentFragment;
}

/**
 * Gives one cell of the table a place in the order of tabs, and moves it by keys (the grid pattern
 * of ARIA). The cell is remembered by its element: a row keeps its elements while it moves.
 */
export class CellFocus implements ReactiveController {
  #cell: HTMLElement | undefined;
  /** A column further out than the spot line's one cell, to come back to. */
  #column = 0;

  /**
   * @param host whose cells they are.
   * @param choose told which cell was clicked, or entered.
   * @param rowsInView how many rows a page has.
   */
  constructor(
    private readonly host: CellHost,
    private readonly choose: (cell: HTMLElement) => void,
    private readonly rowsInView: () => number,
  ) {
    host.addController(this);
  }

  /** A table always has a cell to begin with: the strike at the money, else the first. */
  hostUpdated(): void {
    if (this.#cell?.isConnected === true) return;
    const { renderRoot } = this.host;
    const begin =
      renderRoot.querySelector<HTMLElement>('.atm > .strike') ?? cellsOf(this.#rows()[0])[0];
    if (begin !== undefined) this.#mark(begin);
  }

  readonly onClick = (event: Event): void => {
    const cell = event.target instanceof Element && event.target.closest<HTMLElement>(CELLS);
    if (!cell || cell.closest(ROWS) === null) return;
    this.#focus(cell);
    this.choose(cell);
  };

  readonly onKey = (event: KeyboardEvent): void => {
    if (this.#cell === undefined || event.altKey || event.metaKey) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.choose(this.#cell);
      return;
    }
    const rows = this.#rows();
    const to = walk(this.#place(rows), event, {
      rows: rows.length,
      columns: Math.max(...rows.map((row) => cellsOf(row).length)),
      page: Math.max(1, this.rowsInView() - 1),
    });
    if (to === undefined) return;
    event.preventDefault();
    this.#column = to.column;
    const cells = cellsOf(rows[to.row]);
    const cell = cells[to.column] ?? cells.at(-1);
    if (cell !== undefined) this.#focus(cell);
  };

  #rows(): HTMLElement[] {
    return [...this.host.renderRoot.querySelectorAll<HTMLElement>(ROWS)];
  }

  #place(rows: readonly HTMLElement[]): CellPlace {
    const row = rows.findIndex((each) => each.contains(this.#cell ?? null));
    const cells = cellsOf(rows[row]);
    const column =
      cells.length === 1 ? this.#column : cells.findIndex((each) => each === this.#cell);
    return { row, column };
  }

  #mark(cell: HTMLElement): void {
    if (this.#cell !== undefined) this.#cell.tabIndex = -1;
    cell.tabIndex = 0;
    this.#cell = cell;
  }

  #focus(cell: HTMLElement): void {
    this.#mark(cell);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

function cellsOf(row: HTMLElement | undefined): HTMLElement[] {
  return [...(row?.querySelectorAll<HTMLElement>(CELLS) ?? [])];
}
