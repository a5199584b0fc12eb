import { describe, expect, it } from 'vitest';

import { candle } from '../testing/candles';
import { RUPEES } from '../testing/charts';
import { figureNamed } from '../testing/key-figures';
import { candleFigures } from './candles';

describe('the figures of candles', () => {
  const figures = candleFigures(
    [
      candle('2025-08-05T08:30:00Z', { open: 100, high: 110 }),
      candle('2025-08-05T08:31:00Z', {
        close: 95,
        low: 94,
        state: 'CANDLE_STATE_PROVISIONAL',
      }),
    ],
    RUPEES,
  );

  it('are the newest price, and how far it has come', () => {
    expect(figureNamed(figures, 'Last price')).toMatchObject({
      value: '₹95.00',
      note: 'still open',
    });
    expect(figureNamed(figures, 'Change').value).toBe('▼ −5.00 (−5.00%)');
  });

  it('are the highest and the lowest of all', () => {
    expect(figureNamed(figures, 'High').value).toBe('110.00');
    expect(figureNamed(figures, 'Low').value).toBe('94.00');
  });

  it('are as of the newest tick, where one is known', () => {
    const candles = [candle('2025-08-05T08:30:00Z')];
    const asOf = (timestamp?: string): string | undefined =>
      candleFigures(candles, RUPEES, timestamp)[0]?.explanation.timestamp;
    expect(asOf('2025-08-05T08:30:41Z')).toBe('2025-08-05T08:30:41Z');
    expect(asOf()).toBe('2025-08-05T08:30:00Z');
  });

  it('are dashes where there is no candle', () => {
    expect(candleFigures([], RUPEES).map(({ value }) => value)).toEqual(['–', '–', '–', '–']);
  });
});
