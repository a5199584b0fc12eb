import { describe, expect, it } from 'vitest';

import { remember } from './remember';

describe('remember', () => {
  it('answers the very same while it is given the same, and anew when it is not', () => {
    const pair = remember((one: number, other: object) => ({ one, other }));
    const other = {};
    const first = pair(1, other);
    expect(pair(1, other)).toBe(first);
    expect(pair(2, other)).toEqual({ one: 2, other });
    expect(pair(1, other)).not.toBe(first);
    expect(pair(1, {})).not.toBe(pair(1, other));
  });

  it('remembers that the answer was nothing', () => {
    let asked = 0;
    const nothing = remember((): undefined => {
      asked += 1;
    });
    nothing();
    nothing();
    expect(asked).toBe(1);
  });
});
