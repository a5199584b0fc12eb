/** What stands behind the figures above the candles. */
import { stateOf } from '../charts/candle-words';
import type { Candle } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import { type Maybe, MISSING } from '../format/absent';
import { direction, GLYPHS } from '../format/direction';
import type { ProductFormat } from '../format/product-format';
import { keyFigure, type FigureSource } from './figures';

const CONVENTION =
  'From ticks by the time at which they happened. A candle is final once no more can come in time; one that comes late makes a new revision.';

/** The newest price, and what the candles span; `timestamp` is that of the newest tick in them. */
export function candleFigures(
  candles: readonly Candle[],
  format: ProductFormat,
  timestamp?: string,
): readonly KeyFigure[] {
  const first = candles[0];
  const last = candles.at(-1);
  const source: FigureSource = { missing: [], timestamp: timestamp ?? last?.start };
  const of = last === undefined ? '' : `, ${last.product}`;
  const change = first && last && last.close - first.open;
  const highest = candles.length === 0 ? undefined : Math.max(...candles.map(({ high }) => high));
  const lowest = candles.length === 0 ? undefined : Math.min(...candles.map(({ low }) => low));
  const inputs = [
    ['Candles', String(candles.length)],
    ['First', format.moment(Date.parse(first?.start ?? ''))],
    ['Newest', format.moment(Date.parse(last?.start ?? ''))],
  ] as const;
  const figure = (name: string, heading: string, value: string, formula: string, note?: string) =>
    keyFigure(source, {
      name,
      heading: `${heading}${of}`,
      field: 'close',
      value,
      note,
      formula,
      inputs,
      convention: CONVENTION,
    });
  return [
    figure(
      'Last price',
      'Close of the newest candle',
      format.money(last?.close),
      'the price of the last tick, by time and sequence',
      last && stateOf(last),
    ),
    figure(
      'Change',
      'Change over the candles fetched',
      changeText(change, first?.open, format),
      'close of the newest candle − open of the first',
    ),
    figure('High', 'Highest price', format.price(highest), 'the greatest of all highs'),
    figure('Low', 'Lowest price', format.price(lowest), 'the least of all lows'),
  ];
}

function changeText(change: Maybe<number>, from: Maybe<number>, format: ProductFormat): string {
  if (change == null || from == null) return MISSING;
  const glyph = GLYPHS[direction(change) ?? 'flat'];
  return `${glyph} ${format.priceChange(change)} (${format.percentChange(change / from)})`;
}
