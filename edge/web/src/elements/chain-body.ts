/** The strikes of the chain's table and the line at spot, as templates. */
import { html, noChange, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';

import { strikesBelow, type Ladder, type Strike } from '../chain/ladder';
import { isWithin, type RowRange } from '../chain/row-window';
import type { EnrichedChain } from '../contract/types';
import { spotRow } from './chain-frame';
import { strikeRow, type RowContext } from './chain-row';

/** What a body shows besides its figures. */
export interface Body {
  readonly chain: Pick<EnrichedChain, 'atm_strike' | 'max_pain_ties'>;
  readonly ladder: Ladder;
  /** Price of the underlying; without one there is no line and no shade. */
  readonly spot: number | undefined;
  /** The rows that are drawn; others stay as they are. */
  readonly drawn: readonly RowRange[];
}

/** A row for each strike, and the spot line between those that it lies between. */
export function bodyRows(body: Body, context: RowContext): unknown {
  const { ladder, spot, drawn } = body;
  const below = spot === undefined ? 0 : strikesBelow(ladder, spot);
  const lines: (Strike | 'spot')[] = [...ladder.strikes];
  if (spot !== undefined) lines.splice(below, 0, 'spot');
  return repeat(
    lines,
    (line) => (line === 'spot' ? line : line.strike),
    (line, index) => {
      if (line === 'spot') return spotRow(spot, context);
      const shade = spot === undefined ? '' : index < below ? 'below' : 'above';
      const isDrawn = isWithin(drawn, index);
      return row(line, shade, isDrawn, body, context);
    },
  );
}

function row(
  strike: Strike,
  shade: string,
  isDrawn: boolean,
  { chain }: Body,
  context: RowContext,
): TemplateResult {
  const isAtTheMoney = strike.strike === chain.atm_strike;
  const isMaxPain = chain.max_pain_ties.includes(strike.strike);
  const { columns, format, largestOpenInterest } = context;
  return html`<div
    role="row"
    class="row ${shade} ${isAtTheMoney ? 'atm' : ''}"
    data-strike=${strike.strike}
  >
    ${
      isDrawn
        ? guard([strike, isAtTheMoney, isMaxPain, columns, format, largestOpenInterest], () =>
            strikeRow(strike, { isAtTheMoney, isMaxPain }, context),
          )
        : noChange
    }
  </div>`;
}
