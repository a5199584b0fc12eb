/** Named prices across a chart: spot, max pain, walls. Where they meet, their names do not. */
import type { Maybe } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import { markedLine } from './base';
import type { MarkedLine, SeriesOption } from './echarts';
import type { Span } from './strike-axis';
import type { ChartTheme, ColourName } from './theme';

/** A price with a name; it is left out where it is not known. */
export interface Mark {
  readonly name: string;
  readonly at: Maybe<number>;
  readonly colour: ColourName;
}

/** The marks of a chart: a series of nothing else, and the room above the axes that they need. */
export interface PlacedMarks {
  readonly series: SeriesOption;
  readonly height: number;
}

/** A label, in pixels from the left of the axes. */
interface Label {
  readonly mark: KnownMark;
  readonly text: string;
  readonly align: 'left' | 'center' | 'right';
  readonly left: number;
  readonly right: number;
}

type KnownMark = Mark & { readonly at: number };

const CHARACTER = 6.3;
const GAP = 8;
const ROW = 15;
const ABOVE_AXES = 4;

/** What stands beside the axes of our charts: their labels and the margins. */
const BESIDE_AXES = 76;

/**
 * Places marks on a chart of some width: those at one price share a line, and labels that would
 * cover one another stand in rows.
 */
export function placeMarks(
  marks: readonly Mark[],
  span: Span,
  width: number,
  format: ProductFormat,
  theme: ChartTheme,
): PlacedMarks {
  const labels = merged(marks, span).map((mark) =>
    labelOf(mark, span, Math.max(width - BESIDE_AXES, 1), format),
  );
  const ends: number[] = [];
  const lines = labels.map((label): MarkedLine => {
    const free = ends.findIndex((end) => end + GAP <= label.left);
    const row = free === -1 ? ends.length : free;
    ends[row] = label.right;
    return lineOf(label, row, theme);
  });
  const markLine = { symbol: 'none', silent: true, data: lines };
  return {
    // A series of its own: hiding one in the legend takes no mark away.
    series: { type: 'line', data: [], markLine },
    height: ends.length * ROW + ABOVE_AXES,
  };
}

/** The marks that are known and within the span, ascending; one for each price. */
function merged(marks: readonly Mark[], { from, to }: Span): readonly KnownMark[] {
  const byPrice = new Map<number, KnownMark>();
  for (const { name, at, colour } of marks) {
    if (at == null || at < from || at > to) continue;
    const other = byPrice.get(at);
    byPrice.set(
      at,
      other === undefined
        ? { name, at, colour }
        : { name: `${other.name} · ${name}`, at, colour: 'text' },
    );
  }
  return [...byPrice.values()].sort((one, another) => one.at - another.at);
}

function labelOf(mark: KnownMark, { from, to }: Span, width: number, format: ProductFormat): Label {
  const price = Number.isInteger(mark.at) ? format.strike(mark.at) : format.price(mark.at);
  const text = `${mark.name} ${price}`;
  const length = text.length * CHARACTER;
  const x = ((mark.at - from) / (to - from)) * width;
  const align = x < length / 2 ? 'left' : x > width - length / 2 ? 'right' : 'center';
  const left = { left: x, center: x - length / 2, right: x - length }[align];
  return { mark, text, align, left, right: left + length };
}

function lineOf({ mark, text, align }: Label, row: number, theme: ChartTheme): MarkedLine {
  const line = markedLine(text, mark.at, theme.colours[mark.colour], theme);
  return { ...line, label: { ...line.label, align, distance: [0, ABOVE_AXES + row * ROW] } };
}
