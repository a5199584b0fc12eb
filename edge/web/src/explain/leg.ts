/** What stands behind the figures of one option, by the column that shows them. */
import type { Column, ColumnId } from '../chain/columns';
import { missingSentence } from '../contract/missing';
import type { Side } from '../contract/types';
import { MISSING } from '../format/absent';
import { buildupGrounds } from './buildup';
import type { Explanation } from './explanation';
import { greekGrounds, type Greek } from './greeks';
import {
  explanationOf,
  NOT_STATED,
  quantityConvention,
  type ChainSubject,
  type Grounds,
  type LegSubject,
} from './subject';
import { volatilityGrounds } from './volatility';

/** Explains the figure of a column. */
export function explainLeg({ id, name, write }: Column, subject: LegSubject): Explanation {
  const { leg, side, format } = subject;
  const text = write(leg, format);
  const value = id === 'iv' && leg.iv != null ? `${text} %` : text;
  const heading = `${name}, ${format.strike(leg.strike)} ${side}`;
  return explanationOf(subject, heading, value, groundsOf(id, subject));
}

/** Explains why a column is empty where the option is not listed. */
export function explainUnlisted(
  column: Column,
  side: Side,
  strike: number,
  subject: ChainSubject,
): Explanation {
  const option = `${subject.format.strike(strike)} ${side}`;
  return explanationOf(subject, `${column.name}, ${option}`, MISSING, {
    missing: `No ${option} is listed for this expiry`,
    inputs: [],
  });
}

function groundsOf(column: ColumnId, subject: LegSubject): Grounds {
  switch (column) {
    case 'open_interest':
    case 'volume':
      return quantityGrounds(column, subject);
    case 'change_in_open_interest':
      return changeGrounds(subject);
    case 'bid':
    case 'ask':
      return quoteGrounds(column, subject);
    case 'last':
      return lastGrounds(subject);
    case 'buildup':
      return buildupGrounds(subject);
    case 'iv':
      return { ...volatilityGrounds(subject), missing: missingSentence(subject.leg.iv_missing) };
    case 'delta':
    case 'gamma':
    case 'theta':
    case 'vega':
    case 'rho':
    case 'vanna':
    case 'volga':
    case 'charm':
      return followingGrounds(column, subject);
  }
}

/** A Greek is absent where the volatility is, for the same reason. */
function followingGrounds(greek: Greek, subject: LegSubject): Grounds {
  const missing = `There is no implied volatility: ${missingSentence(subject.leg.iv_missing)}`;
  return { ...greekGrounds(greek, subject), missing };
}

function quantityGrounds(column: 'open_interest' | 'volume', subject: LegSubject): Grounds {
  const what =
    column === 'volume'
      ? 'The quantity traded today, as the source states it.'
      : 'The quantity that is open, as the source states it.';
  return {
    missing: NOT_STATED,
    inputs: [['Instrument', subject.leg.symbol]],
    convention: `${what} ${quantityConvention(subject)}`,
  };
}

function changeGrounds(subject: LegSubject): Grounds {
  const { leg, format } = subject;
  const { open_interest: now, change_in_open_interest: change } = leg;
  const before = now == null || change == null ? undefined : now - change;
  return {
    missing: NOT_STATED,
    formula: 'open interest now − open interest at the previous close',
    inputs: [
      ['Open interest now', format.quantity(now)],
      ['At the previous close', format.quantity(before)],
    ],
    convention: `The source states the change itself. ${quantityConvention(subject)}`,
  };
}

function quoteGrounds(column: 'bid' | 'ask', { leg, format, product }: LegSubject): Grounds {
  const isBid = column === 'bid';
  return {
    missing: isBid ? 'Nobody bids' : 'Nobody offers',
    inputs: [
      ['Instrument', leg.symbol],
      ['Quantity', format.quantity(isBid ? leg.bid_size : leg.ask_size)],
    ],
    convention: `The best price to ${isBid ? 'sell' : 'buy'} at, as the source states it, ${inCurrency(product)}.`,
  };
}

function lastGrounds({ leg, format, product }: LegSubject): Grounds {
  return {
    missing: 'It has not traded, or the source does not say',
    inputs: [
      ['Instrument', leg.symbol],
      ['Against the previous close', format.priceChange(leg.price_change)],
      ['Volume today', format.quantity(leg.volume)],
    ],
    convention:
      `The price of the last trade, as the source states it, ${inCurrency(product)}. Without ` +
      'volume it is of an earlier day, and no volatility is taken from it.',
  };
}

function inCurrency(product: LegSubject['product']): string {
  return product === undefined ? 'in the currency of the product' : `in ${product.currency}`;
}
