/** What volumes and open interest are counted in. */
import type { Product, QuantityUnit } from '../contract/types';
import type { Conventions } from '../state/conventions';
import type { Maybe } from './absent';

/** A unit, and by what a figure of the source is multiplied to be in it. */
export interface Counting {
  readonly unit: Maybe<QuantityUnit>;
  readonly factor: number;
}

/** How to count in the unit that is wanted; as the source does where it cannot be told. */
export function countingIn(
  wanted: Conventions['unit'],
  { quantity_unit: unit, lot_size: lotSize }: Partial<Pick<Product, 'quantity_unit' | 'lot_size'>>,
): Counting {
  if (lotSize == null) return { unit, factor: 1 };
  if (wanted === 'shares' && unit === 'QUANTITY_UNIT_CONTRACTS') {
    return { unit: 'QUANTITY_UNIT_SHARES', factor: lotSize };
  }
  if (wanted === 'contracts' && unit === 'QUANTITY_UNIT_SHARES') {
    return { unit: 'QUANTITY_UNIT_CONTRACTS', factor: 1 / lotSize };
  }
  return { unit, factor: 1 };
}

const UNIT_NAMES: Readonly<Record<QuantityUnit, string>> = {
  QUANTITY_UNIT_UNSPECIFIED: 'unit not stated',
  QUANTITY_UNIT_CONTRACTS: 'contracts',
  QUANTITY_UNIT_SHARES: 'shares',
};

/** What the source counts volume and open interest in, in words. What is written is `unit`. */
export function unitName(unit: Maybe<QuantityUnit>): string {
  return UNIT_NAMES[unit ?? 'QUANTITY_UNIT_UNSPECIFIED'];
}
