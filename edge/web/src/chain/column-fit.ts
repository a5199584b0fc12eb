import type { Mode } from '../state/place';
import { COLUMNS, type Column, type ColumnId } from './columns';

/** What a mode can show, by what matters most: where the room gets narrow, the first stay longest. */
export const RANKED: Readonly<Record<Mode, readonly ColumnId[]>> = {
  price: [
    'last',
    'open_interest',
    'bid',
    'ask',
    'change_in_open_interest',
    'volume',
    'iv',
    'buildup',
  ],
  greeks: [
    'last',
    'iv',
    'delta',
    'open_interest',
    'theta',
    'vega',
    'gamma',
    'rho',
    'vanna',
    'volga',
    'charm',
    'change_in_open_interest',
    'volume',
    'bid',
    'ask',
    'buildup',
  ],
};

/** Least and comfortable width of the strike's own column, in pixels. */
export const STRIKE_WIDTH = { narrow: 64, wide: 164 } as const;

/** From this width on, in pixels, the strike column has room for its markers. */
export const WIDE_FROM = 720;

/** What a column takes more where there is room for comfortable padding, in pixels. */
const COMFORT = 10;

/** The least width of a column in a table of this width; all of them share the rest. In pixels. */
export function widthOf({ width }: Column, tableWidth: number): number {
  return tableWidth >= WIDE_FROM ? width + COMFORT : width;
}

/** All that a mode can show, in the order of the table. */
export function columnsOf(mode: Mode): readonly Column[] {
  return COLUMNS.filter(({ id }) => RANKED[mode].includes(id));
}

/**
 * The chosen columns of a mode that can be read side by side, mirrored, in a width in pixels.
 *
 * They come in the order of the table; the ones that matter most are taken first, and one that
 * does not fit ends the taking, so that a narrower page shows a subset of a wider one.
 */
export function columnsThatFit(
  mode: Mode,
  width: number,
  chosen: ReadonlySet<ColumnId>,
): readonly Column[] {
  const strike = width >= WIDE_FROM ? STRIKE_WIDTH.wide : STRIKE_WIDTH.narrow;
  let room = (width - strike) / 2;
  const taken = new Set<Column>();
  for (const column of ranked(mode)) {
    if (!chosen.has(column.id)) continue;
    room -= widthOf(column, width);
    if (room < 0 && taken.size > 0) break;
    taken.add(column);
  }
  return COLUMNS.filter((column) => taken.has(column));
}

function ranked(mode: Mode): readonly Column[] {
  return RANKED[mode].flatMap((ranked) => COLUMNS.filter(({ id }) => id === ranked));
}
