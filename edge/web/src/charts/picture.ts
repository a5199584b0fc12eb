import type { ChartTheme } from './theme';

/** What stands beside a chart in a picture that is saved: without it, nobody knows what it was. */
export interface PictureText {
  readonly heading: string;
  readonly caption: string;
}

const MARGIN = 24;
const HEADING = 40;
const CAPTION = 28;

/** Puts a chart, its heading and its caption onto one canvas of the page's colour. */
export function framedPicture(
  chart: HTMLCanvasElement,
  { heading, caption }: PictureText,
  { colours, font }: ChartTheme,
  scale: number,
): HTMLCanvasElement {
  const framed = document.createElement('canvas');
  framed.width = chart.width + 2 * MARGIN * scale;
  framed.height = chart.height + (2 * MARGIN + HEADING + CAPTION) * scale;
  const context = framed.getContext('2d');
  if (context === null) return chart;
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, framed.width, framed.height);
  context.drawImage(chart, MARGIN * scale, (MARGIN + HEADING) * scale);
  context.scale(scale, scale);
  const width = framed.width / scale - 2 * MARGIN;
  context.fillStyle = colours.text;
  context.font = `600 18px ${font}`;
  context.fillText(heading, MARGIN, MARGIN + 18, width);
  context.fillStyle = colours.muted;
  context.font = `12px ${font}`;
  context.fillText(caption, MARGIN, framed.height / scale - MARGIN, width);
  return framed;
}
