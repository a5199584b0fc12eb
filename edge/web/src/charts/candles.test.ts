import { describe, expect, it } from 'vitest';

import { candle } from '../testing/candles';
import { RUPEES, seriesOf, THEME, tooltipAt, WIDE } from '../testing/charts';
import { candlesTable, traded } from './candle-words';
import { breaksOf, candlesOption, labelledCandles } from './candles';

const RISE = candle('2025-08-05T09:58:00Z');
const FALL = candle('2025-08-05T09:59:00Z', { open: 102, close: 99 });
const NEXT_DAY = candle('2025-08-06T03:45:00Z', { state: 'CANDLE_STATE_PROVISIONAL' });
const CANDLES = [RISE, FALL, NEXT_DAY];

describe('the candles', () => {
  const option = candlesOption(CANDLES, RUPEES, () => ({ start: 50, end: 100 }))(THEME, WIDE);
  const [sticks, bars] = seriesOf(option);

  it('have open, close, low and high, in the order that the chart wants', () => {
    const data = sticks?.data as readonly { readonly value: readonly number[] }[];
    expect(data.map(({ value }) => value)).toEqual([
      [100, 102, 98, 104],
      [102, 99, 98, 104],
      [100, 102, 98, 104],
    ]);
  });

  it('are hollow when they rise and full when they fall', () => {
    const data = sticks?.data as readonly { readonly itemStyle: { readonly color: string } }[];
    expect(data.map(({ itemStyle }) => itemStyle.color)).toEqual(['surface', 'down', 'surface']);
  });

  it('are no wider than a finger, however few they are', () => {
    expect([sticks, bars]).toMatchObject([{ barMaxWidth: 24 }, { barMaxWidth: 24 }]);
  });

  it('begin where they are told to, and keep the zoom of their reader afterwards', () => {
    expect(option.dataZoom).toMatchObject([{ start: 50, end: 100 }]);
    const later = candlesOption(CANDLES, RUPEES, () => undefined)(THEME, WIDE);
    expect(later.dataZoom).not.toHaveProperty('0.start');
  });

  it('have bars of ticks where the source states no volume', () => {
    expect([bars?.name, bars?.data]).toEqual(['Ticks', [60, 60, 60]]);
    const stated = traded([{ ...RISE, volume: 5 }, FALL]);
    expect(stated).toEqual({ name: 'Volume', values: [5, undefined] });
  });

  it('say what they are below the pointer', () => {
    expect(tooltipAt(option, 1).split('\n')).toEqual([
      '5 Aug, 15:29:00 IST, 1 min',
      'Open  102.00',
      'High  104.00',
      'Low  98.00',
      'Close  99.00  ▼ −3.00',
      'Ticks  60',
      'final',
    ]);
    expect(tooltipAt(option, 2)).toContain('still open');
  });
});

describe('sessions', () => {
  it('are parted where time has passed without a candle', () => {
    expect(breaksOf(CANDLES)).toEqual([2]);
  });

  it('begin with their day, at the exchange', () => {
    expect(labelledCandles(CANDLES, RUPEES).get(2)).toBe('6 Aug');
    expect(labelledCandles([candle('2025-08-05T08:30:00Z')], RUPEES).get(0)).toBe('14:00');
    expect(labelledCandles([candle('2025-08-05T08:31:00Z')], RUPEES).size).toBe(0);
  });
});

describe('the table', () => {
  it('has a row a candle, and says how settled it is', () => {
    const imputed = candle('2025-08-05T09:57:00Z', { imputed: true, tick_count: '0' });
    const { rows } = candlesTable([imputed, { ...RISE, revision: 2 }], RUPEES);
    expect(rows).toEqual([
      [
        '2025-08-05T15:27:00+05:30',
        100,
        104,
        98,
        102,
        undefined,
        0,
        'no tick: flat at the previous close',
      ],
      ['2025-08-05T15:28:00+05:30', 100, 104, 98, 102, undefined, 60, 'final, revision 2'],
    ]);
  });
});
