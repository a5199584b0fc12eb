/** Which figure stands in a cell of the chain's table, and what stands behind it. */
import type { Column } from '../chain/columns';
import type { Ladder } from '../chain/ladder';
import type { Side } from '../contract/types';
import type { PriceTrail } from '../state/price-trail';
import { explainChain } from './chain-figures';
import type { Explanation } from './explanation';
import { explainLeg, explainUnlisted } from './leg';
import { explainSpot } from './spot';
import { explainStrike } from './strike';
import type { ChainSubject } from './subject';
import { explainTotal, isSummed } from './totals';

/** A row of the table: that of a strike, the line at spot, or the sums at the foot. */
export type Line = number | 'spot' | 'totals';

/** All that the table shows. */
export interface TableSubject extends ChainSubject {
  readonly ladder: Ladder;
  /** Columns of a side, from its outer edge to the strike. */
  readonly columns: readonly Column[];
  readonly trail: PriceTrail | undefined;
}

/** Explains the cell at a place of its row, from left to right; absent where it shows no figure. */
export function explainCell(
  line: Line,
  place: number,
  subject: TableSubject,
): Explanation | undefined {
  if (line === 'spot') return explainSpot(subject.trail, subject);
  const { columns } = subject;
  const side: Side = place < columns.length ? 'call' : 'put';
  const column = columns[side === 'call' ? place : columns.length * 2 - place];
  if (line === 'totals') return explainFoot(column, side, subject);
  return explainAt(line, column, side, subject);
}

/** Between the sides stands the ratio of their open interest. */
function explainFoot(
  column: Column | undefined,
  side: Side,
  subject: TableSubject,
): Explanation | undefined {
  if (column === undefined) return explainChain('pcr_oi', subject);
  if (!isSummed(column.id)) return undefined;
  return explainTotal(column.id, side, subject.ladder, subject);
}

function explainAt(
  at: number,
  column: Column | undefined,
  side: Side,
  subject: TableSubject,
): Explanation | undefined {
  const strike = subject.ladder.strikes.find(({ strike }) => strike === at);
  if (strike === undefined) return undefined;
  if (column === undefined) return explainStrike(strike, subject);
  const leg = strike[side]?.leg;
  return leg === undefined
    ? explainUnlisted(column, side, at, subject)
    : explainLeg(column, { ...subject, side, leg });
}
