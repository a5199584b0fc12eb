import { afterEach, describe, expect, it } from 'vitest';

import { MISSING } from './absent';
import { direction } from './direction';
import { age, calendarDate, exchangeDate, exchangeTime, remaining } from './durations';
import { productFormat } from './product-format';
import { unitName } from './quantities';
import { conventions } from '../state/conventions';

const rupees = productFormat({ currency: 'INR', time_zone: 'Asia/Kolkata', tick_size: 0.05 });
const dollars = productFormat({ currency: 'USD', time_zone: 'America/New_York', tick_size: 0.01 });

describe('an absent value', () => {
  it.each(Object.entries(rupees).filter(([, write]) => typeof write === 'function'))(
    'is a dash as %s, whether left out or null, and 0 is not absent',
    (_name, write: (value: number | null | undefined) => string) => {
      expect(write(undefined)).toBe(MISSING);
      expect(write(null)).toBe(MISSING);
      expect(write(0)).not.toBe(MISSING);
    },
  );

  it('is a dash as a time, an age and a time left', () => {
    expect(rupees.time(NaN)).toBe(MISSING);
    expect(age(undefined)).toBe(MISSING);
    expect(remaining(undefined)).toBe(MISSING);
  });
});

describe('grouping', () => {
  it('is by lakh and crore for rupees', () => {
    expect(rupees.quantity(12_345_678)).toBe('1,23,45,678');
    expect(rupees.money(124_623.45)).toBe('₹1,24,623.45');
    expect(rupees.shortQuantity(12_345_678)).toBe('1.235Cr');
    expect(rupees.shortQuantity(345_600)).toBe('3.456L');
    expect(rupees.shortQuantity(345_678_000_000)).toBe('34,570Cr');
    expect(rupees.shortMoney(-34_549_544_246)).toBe('−₹3,455Cr');
    expect(rupees.shortMoney(undefined)).toBe('–');
  });

  it('is by thousands for other currencies', () => {
    expect(dollars.quantity(12_345_678)).toBe('12,345,678');
    expect(dollars.money(5_623.4)).toBe('$5,623.40');
    expect(dollars.shortQuantity(12_345_678)).toBe('12.35M');
    expect(dollars.shortMoney(12_345_678)).toBe('$12.35M');
  });
});

describe('decimals', () => {
  it('of prices are two, or as many as the tick size needs', () => {
    expect(rupees.price(182.4)).toBe('182.40');
    expect(productFormat({ currency: 'USD', time_zone: 'UTC', tick_size: 0.0001 }).price(1.5)).toBe(
      '1.5000',
    );
    expect(productFormat({ currency: 'USD', time_zone: 'UTC', tick_size: 0.0025 }).price(1.5)).toBe(
      '1.5000',
    );
    expect(productFormat({ currency: 'USD', time_zone: 'UTC', tick_size: 5 }).price(1.5)).toBe(
      '1.50',
    );
    expect(productFormat({ currency: 'USD', time_zone: 'UTC' }).price(1.5)).toBe('1.50');
  });

  it('of strikes and quantities are only those they have', () => {
    expect(rupees.strike(24_600)).toBe('24,600');
    expect(dollars.strike(662.5)).toBe('662.5');
    expect(rupees.quantity(92.666666)).toBe('92.67');
  });

  it('of a volatility are one, in percent', () => {
    expect(rupees.volatility(0.14237)).toBe('14.2');
  });
});

describe('a change', () => {
  it('carries its sign, with a real minus, and zero has none', () => {
    expect(rupees.priceChange(12.4)).toBe('+12.40');
    expect(rupees.priceChange(-12.4)).toBe('−12.40');
    expect(rupees.quantityChange(0)).toBe('0');
    expect(rupees.percentChange(-0.0005)).toBe('−0.05%');
  });

  it('points up, down or nowhere, and an absent one has no direction', () => {
    expect([3, -3, 0, undefined].map(direction)).toEqual(['up', 'down', 'flat', undefined]);
  });
});

describe('times', () => {
  const instant = Date.parse('2025-08-05T08:29:32Z');

  it('are in the zone of the exchange, named', () => {
    expect(rupees.time(instant)).toBe('13:59:32 IST');
    expect(dollars.time(instant)).toBe('04:29:32 EDT');
  });

  it('give the date at the exchange, which may not be ours', () => {
    const lateInUtc = Date.parse('2025-08-05T20:00:00Z');
    expect(exchangeDate(lateInUtc, 'Asia/Kolkata')).toBe('2025-08-06');
    expect(exchangeDate(lateInUtc, 'America/New_York')).toBe('2025-08-05');
  });

  it('are shorter where there is little room, and have their day where it matters', () => {
    expect(rupees.minute(instant)).toBe('13:59');
    expect(rupees.day(Date.parse('2025-08-05T20:00:00Z'))).toBe('6 Aug');
    expect(rupees.moment(instant)).toBe('5 Aug, 13:59:32 IST');
    expect(rupees.minute(undefined)).toBe('–');
  });

  it('are written for files with their distance from UTC', () => {
    expect(exchangeTime(instant, 'Asia/Kolkata')).toBe('2025-08-05T13:59:32+05:30');
    expect(exchangeTime(instant, 'America/New_York')).toBe('2025-08-05T04:29:32-04:00');
    expect(exchangeTime(instant, 'UTC')).toBe('2025-08-05T08:29:32+00:00');
  });

  it('write a calendar date without moving it between zones', () => {
    expect(calendarDate('2025-08-07')).toBe('Thu, 7 Aug 2025');
  });
});

describe('the unit of quantities', () => {
  it('is named, and says so when the source does not state it', () => {
    expect(unitName('QUANTITY_UNIT_CONTRACTS')).toBe('contracts');
    expect(unitName(undefined)).toBe('unit not stated');
  });
});

describe('the conventions of the page', () => {
  afterEach(() => {
    conventions.value = { grouping: 'product', unit: 'source' };
  });

  const lots = {
    currency: 'INR',
    time_zone: 'Asia/Kolkata',
    lot_size: 75,
    quantity_unit: 'QUANTITY_UNIT_CONTRACTS',
  } as const;

  it.each([
    ['product', '12,34,567', '123Cr'],
    ['international', '1,234,567', '1.23B'],
    ['indian', '12,34,567', '123Cr'],
  ] as const)('group digits %s', (grouping, quantity, short) => {
    conventions.value = { grouping, unit: 'source' };
    const format = productFormat(lots);
    expect(format.quantity(1_234_567)).toBe(quantity);
    expect(format.shortQuantity(1_230_000_000)).toBe(short);
    expect(format.time(Date.UTC(2025, 7, 5, 8, 29, 32))).toBe('13:59:32 IST');
  });

  it('group a dollar market by lakh and crore where the reader wants that', () => {
    conventions.value = { grouping: 'indian', unit: 'source' };
    const format = productFormat({ currency: 'USD', time_zone: 'America/New_York' });
    expect(format.money(1_234_567)).toBe('$12,34,567.00');
  });

  it.each([
    ['source', 'contracts', '100', '+40'],
    ['contracts', 'contracts', '100', '+40'],
    ['shares', 'shares', '7,500', '+3,000'],
  ] as const)('count contracts in %s', (unit, name, quantity, change) => {
    conventions.value = { grouping: 'product', unit };
    const format = productFormat(lots);
    expect([format.unit, format.quantity(100), format.quantityChange(40)]).toEqual([
      name,
      quantity,
      change,
    ]);
  });

  it('count shares in contracts', () => {
    conventions.value = { grouping: 'product', unit: 'contracts' };
    const format = productFormat({ ...lots, quantity_unit: 'QUANTITY_UNIT_SHARES' });
    expect([format.unit, format.quantity(7_500), format.quantity(null)]).toEqual([
      'contracts',
      '100',
      '–',
    ]);
  });

  const { currency, time_zone, quantity_unit } = lots;
  const unsized = { currency, time_zone, quantity_unit };

  it('count as the source does where the size of a contract is not known', () => {
    conventions.value = { grouping: 'product', unit: 'shares' };
    const format = productFormat(unsized);
    expect([format.unit, format.quantity(100)]).toEqual(['contracts', '100']);
  });
});
