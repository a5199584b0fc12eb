// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';

import { CHOSEN_AT_FIRST, ColumnChoice } from './column-choice';

const KEY = 'deltastream.chain.columns';

describe('ColumnChoice', () => {
  beforeEach(() => {
    localStorage.clear();
  });

  it('is the one of the first visit until somebody chooses', () => {
    const choice = new ColumnChoice(localStorage);
    expect(choice.of('price')).toBe(CHOSEN_AT_FIRST.price);
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it('is remembered for each mode apart', () => {
    const choice = new ColumnChoice(localStorage);
    choice.toggle('price', 'volume');
    choice.toggle('greeks', 'rho');
    const later = new ColumnChoice(localStorage);
    expect(later.of('price').has('volume')).toBe(false);
    expect(later.of('price').has('bid')).toBe(true);
    expect(later.of('greeks').has('rho')).toBe(true);
  });

  it('never leaves a table without columns', () => {
    const choice = new ColumnChoice(localStorage);
    for (const id of CHOSEN_AT_FIRST.greeks) choice.toggle('greeks', id);
    expect([...choice.of('greeks')]).toHaveLength(1);
  });

  it('is forgotten when it is reset, and what the other mode has stays', () => {
    const choice = new ColumnChoice(localStorage);
    choice.toggle('price', 'volume');
    choice.toggle('greeks', 'rho');
    choice.reset('price');
    expect(choice.of('price')).toBe(CHOSEN_AT_FIRST.price);
    expect(JSON.parse(localStorage.getItem(KEY) ?? '')).not.toHaveProperty('price');
    choice.reset('greeks');
    expect(localStorage.getItem(KEY)).toBeNull();
  });

  it.each([
    ['no JSON', '{'],
    ['another shape', '{"price": 7}'],
    ['columns that are not known', '{"price": ["yesterday"]}'],
    ['null', 'null'],
  ])('takes %s in the storage for nothing', (_what, stored) => {
    localStorage.setItem(KEY, stored);
    expect(new ColumnChoice(localStorage).of('price')).toBe(CHOSEN_AT_FIRST.price);
  });

  it('lasts as long as the page where nothing can be stored', () => {
    const choice = new ColumnChoice(undefined);
    choice.toggle('price', 'volume');
    expect(choice.of('price').has('volume')).toBe(false);
  });
});
