import { describe, expect, it } from 'vitest';

import { chain, leg } from '../testing/chains';
import { buildLadder, putCallRatio, strikesBelow, type Strike } from './ladder';

function strikeAt(strikes: readonly Strike[], strike: number): Strike {
  const found = strikes.find((each) => each.strike === strike);
  if (found === undefined) throw new Error(`no strike ${strike}`);
  return found;
}

describe('buildLadder', () => {
  it('puts calls and puts of one strike side by side, ascending', () => {
    const { strikes } = buildLadder(
      chain({ calls: [leg(24_600), leg(24_650)], puts: [leg(24_550), leg(24_600)] }),
    );
    expect(strikes.map(({ strike }) => strike)).toEqual([24_550, 24_600, 24_650]);
    expect(strikeAt(strikes, 24_600).call?.leg.strike).toBe(24_600);
    expect(strikeAt(strikes, 24_600).put?.leg.strike).toBe(24_600);
  });

  it('leaves out a right that is not listed at a strike', () => {
    const { strikes } = buildLadder(chain({ calls: [leg(24_600)] }));
    expect(strikeAt(strikes, 24_600)).not.toHaveProperty('put');
  });

  it('measures all bars by the largest open interest of either side', () => {
    const { largestOpenInterest } = buildLadder(
      chain({
        calls: [leg(24_600, { open_interest: 120 })],
        puts: [leg(24_600, { open_interest: 340 }), leg(24_650)],
      }),
    );
    expect(largestOpenInterest).toBe(340);
  });

  it('takes the totals from the chain and sums only the changes that are stated', () => {
    const { calls, puts } = buildLadder(
      chain({
        total_call_oi: 500,
        total_call_volume: 70,
        calls: [
          leg(24_600, { change_in_open_interest: 5 }),
          leg(24_650),
          leg(24_700, { change_in_open_interest: -8 }),
        ],
        puts: [leg(24_600)],
      }),
    );
    expect(calls).toEqual({ openInterest: 500, volume: 70, changeInOpenInterest: -3 });
    expect(puts).not.toHaveProperty('changeInOpenInterest');
  });
});

describe('a ladder after another', () => {
  const first = chain({ calls: [leg(24_600, { last: 110 }), leg(24_650, { last: 85 })] });
  const before = buildLadder(first);

  it('keeps the strikes in which nothing changed', () => {
    const after = buildLadder(
      { ...first, calls: [leg(24_600, { last: 110 }), leg(24_650, { last: 86 })] },
      before,
    );
    expect(strikeAt(after.strikes, 24_600)).toBe(strikeAt(before.strikes, 24_600));
    expect(strikeAt(after.strikes, 24_650)).not.toBe(strikeAt(before.strikes, 24_650));
  });

  it('renews a strike whose figure went missing', () => {
    const after = buildLadder(
      { ...first, calls: [leg(24_600), leg(24_650, { last: 85 })] },
      before,
    );
    expect(strikeAt(after.strikes, 24_600).call?.leg.last).toBeUndefined();
  });

  it.each([
    [111, 'up'],
    [109, 'down'],
    [110, undefined],
    [undefined, undefined],
  ])('marks a last price that went from 110 to %s as %s', (last, move) => {
    const next = { ...first, calls: [leg(24_600, { bid: 1, ...(last && { last }) })] };
    const after = buildLadder(next, before);
    expect(strikeAt(after.strikes, 24_600).call?.move).toBe(move);
  });

  it('marks a move for the chain that brought it and no longer', () => {
    const moved = { ...first, calls: [leg(24_600, { last: 111 })] };
    const after = buildLadder(moved, buildLadder(moved, before));
    expect(strikeAt(after.strikes, 24_600).call?.move).toBeUndefined();
  });
});

describe('strikesBelow', () => {
  const ladder = buildLadder(chain({ calls: [leg(100), leg(110), leg(120)] }));

  it.each([
    [90, 0],
    [105, 1],
    [110, 2],
    [130, 3],
  ])('puts the spot line at %d after %d strikes', (price, count) => {
    expect(strikesBelow(ladder, price)).toBe(count);
  });
});

describe('putCallRatio', () => {
  it('is the puts over the calls', () => {
    const strike = {
      strike: 100,
      call: { leg: leg(100, { open_interest: 50 }) },
      put: { leg: leg(100, { open_interest: 25 }) },
    };
    expect(putCallRatio(strike)).toBe(0.5);
  });

  it('is absent where the calls have no open interest', () => {
    const put = { leg: leg(100, { open_interest: 25 }) };
    expect(putCallRatio({ strike: 100, put })).toBeUndefined();
    const call = { leg: leg(100, { open_interest: 0 }) };
    expect(putCallRatio({ strike: 100, call, put })).toBeUndefined();
  });
});
