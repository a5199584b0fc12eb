import { describe, expect, it } from 'vitest';

import { candle } from '../testing/candles';
import { withTicks } from './live-candles';

const OPEN = candle('2025-08-05T08:30:00Z', { state: 'CANDLE_STATE_PROVISIONAL' });
const at = (time: string): number => Date.parse(`2025-08-05T${time}Z`);

describe('withTicks', () => {
  it('moves the candle that is still open', () => {
    const trail = [
      { at: at('08:30:20'), price: 97 },
      { at: at('08:30:40'), price: 101 },
    ];
    expect(withTicks([OPEN], trail, 'NIFTY', 1)).toEqual([
      { ...OPEN, low: 97, high: 104, close: 101 },
    ]);
  });

  it('opens a candle for a new window', () => {
    const trail = [
      { at: at('08:31:00'), price: 103 },
      { at: at('08:31:05'), price: 105 },
    ];
    const [, opened] = withTicks([OPEN], trail, 'NIFTY', 1);
    expect(opened).toMatchObject({
      start: '2025-08-05T08:31:00.000Z',
      open: 103,
      high: 105,
      low: 103,
      close: 105,
      state: 'CANDLE_STATE_PROVISIONAL',
    });
  });

  it('leaves a final candle as it is, and older windows too', () => {
    const final = candle('2025-08-05T08:30:00Z');
    const trail = [
      { at: at('08:29:59'), price: 1 },
      { at: at('08:30:10'), price: 999 },
    ];
    expect(withTicks([final], trail, 'NIFTY', 1)).toEqual([final]);
  });

  it('has no candle from ticks alone: the trail begins in the middle of a window', () => {
    expect(withTicks([], [{ at: at('08:30:10'), price: 1 }], 'NIFTY', 1)).toEqual([]);
  });
});
