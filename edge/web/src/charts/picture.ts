import type { ChartTheme } from './theme';

/** What stands beside a chart in a picture that is saved: without it, nobody knows what it was. */
export interface PictureText {
  readonly heading: string;
  /** What it is of, such as a product and an expiry. */
  readonly subject: string;
  readonly caption: string;
}

/** Some lines of one look. Lengths are in CSS pixels. */
interface Block {
  readonly lines: readonly string[];
  readonly font: string;
  readonly colour: string;
  readonly lineHeight: number;
}

const MARGIN = 24;
const GAP = 12;

/** Breaks a text into lines no wider than `width`, as `measure` has it. A word is never broken. */
export function wrapped(
  text: string,
  width: number,
  measure: (line: string) => number,
): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    const last = lines.at(-1);
    const longer = `${last ?? ''} ${word}`;
    if (last === undefined || measure(longer) > width) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}

/** Puts a chart, what it is and its caption onto one canvas of the page's colour. */
export function framedPicture(
  chart: HTMLCanvasElement,
  text: PictureText,
  theme: ChartTheme,
  scale: number,
): HTMLCanvasElement {
  const framed = document.createElement('canvas');
  const context = framed.getContext('2d');
  if (context === null) return chart;
  const { above, below } = blocksOf(text, theme, chart.width / scale, context);
  const top = MARGIN + heightOf(above) + GAP;
  const belowChart = top + chart.height / scale + GAP;

  // A canvas that is given its size forgets all that was set on it.
  framed.width = chart.width + 2 * MARGIN * scale;
  framed.height = (belowChart + heightOf(below) + MARGIN) * scale;
  context.fillStyle = theme.colours.surface;
  context.fillRect(0, 0, framed.width, framed.height);
  context.drawImage(chart, MARGIN * scale, top * scale);
  context.scale(scale, scale);
  context.textBaseline = 'middle';
  write(above, MARGIN, context);
  write(below, belowChart, context);
  return framed;
}

function blocksOf(
  { heading, subject, caption }: PictureText,
  { colours, font }: ChartTheme,
  width: number,
  context: CanvasRenderingContext2D,
): { readonly above: readonly Block[]; readonly below: readonly Block[] } {
  const block = (text: string, font: string, colour: string, lineHeight: number): Block => {
    context.font = font;
    const lines = wrapped(text, width, (line) => context.measureText(line).width);
    return { lines, font, colour, lineHeight };
  };
  const small = `12px ${font}`;
  return {
    above: [
      block(heading, `600 18px ${font}`, colours.text, 26),
      block(subject, small, colours.muted, 18),
    ],
    below: [block(caption, small, colours.muted, 18)],
  };
}

function heightOf(blocks: readonly Block[]): number {
  return blocks.reduce((sum, { lines, lineHeight }) => sum + lines.length * lineHeight, 0);
}

function write(blocks: readonly Block[], from: number, context: CanvasRenderingContext2D): void {
  let top = from;
  for (const { lines, font, colour, lineHeight } of blocks) {
    context.font = font;
    context.fillStyle = colour;
    for (const line of lines) {
      context.fillText(line, MARGIN, top + lineHeight / 2);
      top += lineHeight;
    }
  }
}
