/** The key figures of max pain. */
import type { MaxPain } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { keyFigure, spotFigure } from './figures';

const FORMULA =
  'the listed strike k with the least Σ call OI · max(k − K, 0) + Σ put OI · max(K − k, 0), ' +
  'over all strikes K';

/** The strike of least payout, its distance from spot, the payout, and what is open. */
export function painFigures(answer: MaxPain, format: ProductFormat): readonly KeyFigure[] {
  return [
    leastPain(answer, format),
    distance(answer, format),
    payout(answer, format),
    spotFigure(answer, 'curve', format),
    openInterest('Call OI', 'calls', answer.total_call_oi, answer, format),
    openInterest('Put OI', 'puts', answer.total_put_oi, answer, format),
  ];
}

function leastPain(answer: MaxPain, format: ProductFormat): KeyFigure {
  const { max_pain_strike: strike, max_pain_ties: ties, curve } = answer;
  return keyFigure(answer, {
    name: 'Max pain',
    heading: 'Max pain',
    field: 'max_pain_strike',
    value: format.strike(strike),
    note: ties.length > 1 ? `lowest of ${ties.length} equal strikes` : 'least payout',
    formula: FORMULA,
    inputs: [
      ['Listed strikes', String(curve.length)],
      ['Strikes of least payout', ties.map(format.strike).join(', ')],
      [`Call open interest, ${format.unit}`, format.quantity(answer.total_call_oi)],
      [`Put open interest, ${format.unit}`, format.quantity(answer.total_put_oi)],
    ],
    convention:
      'Where several strikes tie, the lowest is named. A strike with one leg still counts. ' +
      'That prices move there is a theory; who holds the options is not known.',
  });
}

function distance(answer: MaxPain, format: ProductFormat): KeyFigure {
  const { distance_from_spot: away, distance_pct: percent } = answer;
  return keyFigure(answer, {
    name: 'From spot',
    heading: 'Distance of max pain from spot',
    field: 'distance_from_spot',
    value: format.priceChange(away),
    note: percent == null ? undefined : format.percentChange(percent / 100),
    formula: 'max pain − spot',
    inputs: [
      ['Max pain', format.strike(answer.max_pain_strike)],
      ['Spot', format.price(answer.spot_price)],
    ],
    convention: 'Above 0, max pain lies above spot. The percentage is of spot.',
  });
}

function payout(answer: MaxPain, format: ProductFormat): KeyFigure {
  const point = answer.curve.find(({ strike }) => strike === answer.max_pain_strike);
  return keyFigure(answer, {
    name: 'Payout there',
    heading: 'Payout at max pain',
    field: 'max_pain_strike',
    value: format.shortQuantity(point?.total_pain),
    note: 'calls and puts',
    formula: 'call OI · max(k − K, 0) + put OI · max(K − k, 0), summed over all strikes K',
    inputs: [
      ['Calls are paid', format.quantity(point?.call_pain)],
      ['Puts are paid', format.quantity(point?.put_pain)],
    ],
    convention: payoutConvention(format),
  });
}

function openInterest(
  name: string,
  side: 'calls' | 'puts',
  total: Maybe<number>,
  answer: MaxPain,
  format: ProductFormat,
): KeyFigure {
  return keyFigure(answer, {
    name,
    heading: `Open interest of all ${side}`,
    field: side === 'calls' ? 'total_call_oi' : 'total_put_oi',
    value: format.shortQuantity(total),
    note: format.unit,
    formula: `sum of the ${side}’ open interest over all listed strikes of the expiry`,
    inputs: [['In full', format.quantity(total)]],
    convention: `Counted in ${format.unit}.`,
  });
}

/** What a payout is measured in: prices times what open interest counts. */
export function payoutConvention(format: ProductFormat): string {
  return `Price times open interest in ${format.unit}; the size of a contract is not multiplied in.`;
}
