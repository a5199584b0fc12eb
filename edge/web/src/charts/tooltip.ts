/** Tooltips: plain text in lines, because a strict policy forbids the HTML that ECharts writes. */

/** What ECharts says of one point below the pointer. */
interface PointBelow {
  readonly dataIndex: number;
}

/** A tooltip of our own words for the point below the pointer, by its place among the data. */
export function textAt(lines: (index: number) => readonly string[]): (below: unknown) => string {
  return (below) => {
    const [first] = [below].flat() as readonly PointBelow[];
    return first === undefined ? '' : lines(first.dataIndex).join('\n');
  };
}

/** Writes the value of a series that is a number, or nothing. */
export function valueText(
  write: (value: number | null | undefined) => string,
): (value: unknown) => string {
  return (value) => write(typeof value === 'number' ? value : undefined);
}

interface PointerLabel {
  readonly label: { readonly formatter: (at: { readonly value: unknown }) => string };
}

/** Writes the value at which the pointer crosses an axis. */
export function pointerLabel(write: (value: number) => string): PointerLabel {
  return { label: { formatter: ({ value }) => write(Number(value)) } };
}
