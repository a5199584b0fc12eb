/** What candles say in words and figures, beside their chart. */
import type { Candle } from '../contract/types';
import { MISSING } from '../format/absent';
import { direction, GLYPHS } from '../format/direction';
import { exchangeTime } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import type { FigureTable } from './table';

/** Volume where the source states it, else how many ticks there were. */
export function traded(candles: readonly Candle[]): {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
} {
  return candles.some(({ volume }) => volume != null)
    ? { name: 'Volume', values: candles.map(({ volume }) => volume) }
    : { name: 'Ticks', values: candles.map((candle) => Number(candle.tick_count)) };
}

/** What a candle says, in lines. */
export function describe(
  candles: readonly Candle[],
  index: number,
  format: ProductFormat,
): readonly string[] {
  const candle = candles[index];
  if (candle === undefined) return [];
  const start = Date.parse(candle.start);
  const change = candle.close - candle.open;
  const volume = candle.volume == null ? [] : [`Volume  ${format.quantity(candle.volume)}`];
  return [
    `${format.moment(start)}, ${candle.window_minutes} min`,
    `Open  ${format.price(candle.open)}`,
    `High  ${format.price(candle.high)}`,
    `Low  ${format.price(candle.low)}`,
    `Close  ${format.price(candle.close)}  ${GLYPHS[direction(change) ?? 'flat']} ${format.priceChange(change)}`,
    ...volume,
    `Ticks  ${format.quantity(Number(candle.tick_count))}`,
    stateOf(candle),
  ];
}

/** How settled a candle is, in words. */
export function stateOf({ state, imputed, revision }: Candle): string {
  if (imputed) return 'no tick: flat at the previous close';
  switch (state) {
    case 'CANDLE_STATE_PROVISIONAL':
      return 'still open';
    case 'CANDLE_STATE_FINAL':
      return revision === 0 ? 'final' : `final, revision ${revision}`;
    case 'CANDLE_STATE_UNSPECIFIED':
      return MISSING;
  }
}

/** A row a candle, oldest first. */
export function candlesTable(candles: readonly Candle[], format: ProductFormat): FigureTable {
  const { price, quantity } = format;
  return {
    columns: [
      { heading: 'Start' },
      { heading: 'Open', write: price },
      { heading: 'High', write: price },
      { heading: 'Low', write: price },
      { heading: 'Close', write: price },
      { heading: 'Volume', write: quantity },
      { heading: 'Ticks', write: quantity },
      { heading: 'State' },
    ],
    rows: candles.map((candle) => [
      exchangeTime(Date.parse(candle.start), format.timeZone),
      candle.open,
      candle.high,
      candle.low,
      candle.close,
      candle.volume,
      Number(candle.tick_count),
      stateOf(candle),
    ]),
  };
}
