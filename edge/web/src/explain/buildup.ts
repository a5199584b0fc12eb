import { buildupMark } from '../chain/buildup';
import { NOT_STATED, type Grounds, type LegSubject } from './subject';

/** What traders did, as the signs of two changes tell it. */
export function buildupGrounds({ leg, format }: LegSubject): Grounds {
  const { name } = buildupMark(leg.buildup);
  const unknown = [
    ...(leg.price_change == null ? ['the change of its price'] : []),
    ...(leg.change_in_open_interest == null ? ['the change of its open interest'] : []),
  ];
  return {
    missing: unknown.length > 0 ? `The source does not state ${unknown.join(' or ')}` : NOT_STATED,
    formula:
      'price ▲ open interest ▲ long build-up (LB) · price ▼ open interest ▲ short build-up (SB) · ' +
      'price ▼ open interest ▼ long unwinding (LU) · price ▲ open interest ▼ short covering (SC)',
    inputs: [
      ...(name === undefined ? [] : [['It reads', name] as const]),
      ['Price change of the option', format.priceChange(leg.price_change)],
      ['Change in open interest', format.quantityChange(leg.change_in_open_interest)],
    ],
    convention:
      'Both changes are against the previous close and of this option itself, not of its ' +
      'underlying. Where either is 0 it is neutral (N).',
  };
}
