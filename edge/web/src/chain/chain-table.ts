import type { Cell, FigureTable } from '../charts/table';
import type { Buildup, Side } from '../contract/types';
import type { Mode } from '../state/place';
import { columnsOf } from './column-fit';
import type { Column } from './columns';
import { putCallRatio, type Ladder, type Rung } from './ladder';

/**
 * A ladder as a table for a file: every column of a mode whether there is room for it or not, the
 * figures as they came, and nothing where there is none.
 */
export function ladderTable(ladder: Ladder, mode: Mode): FigureTable {
  const columns = columnsOf(mode);
  const mirrored = columns.toReversed();
  return {
    columns: [
      ...headings(columns, 'call'),
      { heading: 'strike' },
      { heading: 'pcr_oi' },
      ...headings(mirrored, 'put'),
    ],
    rows: ladder.strikes.map((strike) => [
      ...cells(columns, strike.call),
      strike.strike,
      putCallRatio(strike),
      ...cells(mirrored, strike.put),
    ]),
  };
}

/** The names of the contract: a file is read by programs. */
function headings(columns: readonly Column[], side: Side): { readonly heading: string }[] {
  return columns.map(({ id }) => ({ heading: `${side}_${id}` }));
}

function cells(columns: readonly Column[], rung: Rung | undefined): Cell[] {
  return columns.map(({ id }) => {
    if (rung === undefined) return undefined;
    return id === 'buildup' ? buildupName(rung.leg.buildup) : rung.leg[id];
  });
}

/** "BUILDUP_LONG_BUILDUP" is "LONG_BUILDUP" in a column that says what it is. */
function buildupName(buildup: Buildup): string | undefined {
  return buildup === 'BUILDUP_UNSPECIFIED' ? undefined : buildup.replace('BUILDUP_', '');
}
