import type { Candle } from '../contract/types';

/** A final candle of one minute, with what the test is about changed. */
export function candle(start: string, figures: Partial<Candle> = {}): Candle {
  return {
    product: 'NIFTY',
    window_minutes: 1,
    start,
    open: 100,
    high: 104,
    low: 98,
    close: 102,
    tick_count: '60',
    state: 'CANDLE_STATE_FINAL',
    revision: 0,
    imputed: false,
    ...figures,
  };
}
