import { beforeEach, describe, expect, it } from 'vitest';

import { Shared } from './shared';

describe('what is shared', () => {
  let shared: Shared;
  let told: string[];

  beforeEach(() => {
    shared = new Shared();
    told = [];
  });

  function hold(key: string): () => void {
    return shared.hold(key, () => {
      told.push(`begin ${key}`);
      return () => told.push(`end ${key}`);
    });
  }

  it('begins with the first who holds it and ends with the last', () => {
    const first = hold('NIFTY');
    const second = hold('NIFTY');
    first();
    expect(told).toEqual(['begin NIFTY']);
    second();
    expect(told).toEqual(['begin NIFTY', 'end NIFTY']);
  });

  it('is let go once by each, however often', () => {
    const first = hold('NIFTY');
    hold('NIFTY');
    first();
    first();
    expect(told).toEqual(['begin NIFTY']);
  });

  it('begins anew for who comes after its end', () => {
    hold('NIFTY')();
    hold('NIFTY');
    expect(told).toEqual(['begin NIFTY', 'end NIFTY', 'begin NIFTY']);
  });

  it('is of one key', () => {
    const nifty = hold('NIFTY');
    hold('SPY');
    nifty();
    expect(told).toEqual(['begin NIFTY', 'begin SPY', 'end NIFTY']);
  });
});
