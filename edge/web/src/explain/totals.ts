import type { ColumnId } from '../chain/columns';
import type { Ladder } from '../chain/ladder';
import type { Side } from '../contract/types';
import type { Explanation } from './explanation';
import { explanationOf, NOT_STATED, quantityConvention, type ChainSubject } from './subject';

/** The columns that have a sum at the foot of the table. */
export type SummedColumn = Extract<
  ColumnId,
  'open_interest' | 'change_in_open_interest' | 'volume'
>;

const NAMES: Readonly<Record<SummedColumn, string>> = {
  open_interest: 'Total open interest',
  change_in_open_interest: 'Total change in open interest',
  volume: 'Total volume',
};

export function isSummed(column: ColumnId): column is SummedColumn {
  return column in NAMES;
}

/** Explains the sum of a column of one side. */
export function explainTotal(
  column: SummedColumn,
  side: Side,
  ladder: Ladder,
  subject: ChainSubject,
): Explanation {
  const legs = side === 'call' ? subject.chain.calls : subject.chain.puts;
  const stated = legs.filter((leg) => leg[column] != null).length;
  return explanationOf(
    subject,
    `${NAMES[column]}, ${side}s`,
    writeTotal(column, side, ladder, subject),
    {
      missing: NOT_STATED,
      formula: 'sum over all listed strikes of the expiry',
      inputs: [
        [`Listed ${side}s`, String(legs.length)],
        ['Of which the source states it', String(stated)],
      ],
      convention: `What is not stated adds nothing. ${quantityConvention(subject)}`,
    },
  );
}

function writeTotal(
  column: SummedColumn,
  side: Side,
  ladder: Ladder,
  { format }: ChainSubject,
): string {
  const totals = side === 'call' ? ladder.calls : ladder.puts;
  switch (column) {
    case 'open_interest':
      return format.quantity(totals.openInterest);
    case 'change_in_open_interest':
      return format.quantityChange(totals.changeInOpenInterest);
    case 'volume':
      return format.quantity(totals.volume);
  }
}
