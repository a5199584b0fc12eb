/** What stands behind the figures above a history: the newest value, and its range. */
import type { HistoryLine } from '../charts/history';
import type { KeyFigure } from '../elements/key-figures';
import { MISSING } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import type { Dated } from '../state/series';
import { keyFigure, type FigureSource } from './figures';

/** The newest value of each line, with the range that it has moved in. */
export function historyFigures<Point extends Dated>(
  points: readonly Point[],
  lines: readonly HistoryLine<Point>[],
  source: FigureSource,
  format: ProductFormat,
): readonly KeyFigure[] {
  return lines.flatMap((line) => figuresOf(points, line, source, format));
}

function figuresOf<Point extends Dated>(
  points: readonly Point[],
  { name, field, formula, convention, value, write }: HistoryLine<Point>,
  source: FigureSource,
  format: ProductFormat,
): readonly KeyFigure[] {
  const known = points.flatMap((point) => value(point) ?? []);
  const newest = points.at(-1);
  const text = write(newest && value(newest), format);
  const [lowest, highest] = known.length === 0 ? [] : [Math.min(...known), Math.max(...known)];
  const range = `${write(lowest, format)} to ${write(highest, format)}`;
  const inputs = [
    ['Points shown', String(points.length)],
    ['Of which have a value', String(known.length)],
    ['First', format.moment(points[0]?.at)],
    ['Newest', format.moment(newest?.at)],
  ] as const;
  return [
    keyFigure(source, {
      name,
      heading: `${name}, newest`,
      field,
      value: text,
      formula,
      inputs,
      convention,
    }),
    keyFigure(source, {
      name: `${name}, range`,
      heading: `${name}, least and greatest of what is shown`,
      field,
      value: known.length === 0 ? MISSING : range,
      formula: 'the least and the greatest of the points shown',
      inputs,
      convention,
    }),
  ];
}
