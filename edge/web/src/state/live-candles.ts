/** Candles between two looks at the server: the ticks that have arrived since move the last one. */
import type { Candle } from '../contract/types';
import type { PriceTrail } from './price-trail';

const MINUTE = 60_000;

/**
 * Candles with the newest prices in them, oldest first.
 *
 * A price within a window that is still open moves its candle; one after it opens a candle that
 * will change. What the server says of a window in its next answer takes the place of both.
 */
export function withTicks(
  candles: readonly Candle[],
  trail: PriceTrail,
  product: string,
  windowMinutes: Candle['window_minutes'],
): readonly Candle[] {
  const length = windowMinutes * MINUTE;
  const result = [...candles];
  const lastStart = Date.parse(result.at(-1)?.start ?? '');
  for (const { at, price } of trail) {
    const start = Math.floor(at / length) * length;
    // Without an answer there is nothing to add to: a trail begins in the middle of a window.
    if (!(start >= lastStart)) continue;
    const last = result.at(-1);
    if (last !== undefined && Date.parse(last.start) === start) {
      if (last.state !== 'CANDLE_STATE_FINAL') result[result.length - 1] = moved(last, price);
    } else {
      result.push(opened(product, windowMinutes, start, price));
    }
  }
  return result;
}

function moved(candle: Candle, price: number): Candle {
  return {
    ...candle,
    high: Math.max(candle.high, price),
    low: Math.min(candle.low, price),
    close: price,
  };
}

function opened(
  product: string,
  windowMinutes: Candle['window_minutes'],
  start: number,
  price: number,
): Candle {
  return {
    product,
    window_minutes: windowMinutes,
    start: new Date(start).toISOString(),
    open: price,
    high: price,
    low: price,
    close: price,
    tick_count: '1',
    state: 'CANDLE_STATE_PROVISIONAL',
    revision: 0,
    imputed: false,
  };
}
