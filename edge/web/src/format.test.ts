import { describe, expect, it } from 'vitest';

import {
  age,
  calendarDate,
  direction,
  exchangeDate,
  MISSING,
  productFormat,
  remaining,
  unitName,
} from './format';

const rupees = productFormat({ currency: 'INR', time_zone: 'Asia/Kolkata', tick_size: 0.05 });
const dollars = productFormat({ currency: 'USD', time_zone: 'America/New_York', tick_size: 0.01 });

describe('an absent value', () => {
  it.each(Object.entries(rupees).filter(([, write]) => typeof write === 'function'))(
    'is a dash as %s, whether left out or null, and 0 is not absent',
    (_name, write: (value: number | null | undefined) => string) => {
      expect(write(undefined)).toBe(MISSING);
      expect(write(null)).toBe(MISSING);
      expect(write(0)).toContain('0');
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
  });

  it('is by thousands for other currencies', () => {
    expect(dollars.quantity(12_345_678)).toBe('12,345,678');
    expect(dollars.money(5_623.4)).toBe('$5,623.40');
    expect(dollars.shortQuantity(12_345_678)).toBe('12.35M');
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

  it('write a calendar date without moving it between zones', () => {
    expect(calendarDate('2025-08-07')).toBe('Thu, 7 Aug 2025');
  });
});

describe('durations', () => {
  it.each([
    [400, '0.4 s'],
    [-30, '0.0 s'],
    [12_600, '12 s'],
    [200_000, '3 min'],
    [3 * 3_600_000, '3 h'],
    [100 * 3_600_000, '4 d'],
  ])('say the age of %d ms as %s', (elapsed, text) => {
    expect(age(elapsed)).toBe(text);
  });

  it.each([
    [-1, 'expired'],
    [30_000, '< 1 min'],
    [45 * 60_000, '45 min'],
    [(4 * 60 + 12) * 60_000, '4 h 12 min'],
    [49 * 3_600_000, '2 d 1 h'],
    [400 * 24 * 3_600_000, '400 d'],
  ])('say that %d ms are left as %s', (left, text) => {
    expect(remaining(left)).toBe(text);
  });
});

describe('the unit of quantities', () => {
  it('is named, and says so when the source does not state it', () => {
    expect(unitName('QUANTITY_UNIT_CONTRACTS')).toBe('contracts');
    expect(unitName(undefined)).toBe('unit not stated');
  });
});
