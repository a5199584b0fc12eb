/** Colours for low to high: cold to warm, in the colours of the theme. */
import type { ChartTheme } from './theme';

type Channels = readonly [red: number, green: number, blue: number];

/** The colours of the scale, from its least value to its greatest, evenly spaced. */
export function scaleColours({ colours }: ChartTheme): readonly string[] {
  const cold = channels(colours.call);
  const warm = channels(colours.put);
  const faint = mixed(cold, channels(colours.surface), 0.55);
  return [faint, cold, mixed(cold, warm, 0.5), warm].map(css);
}

/** A function from [0, 1] to colours; a value outside takes the colour of the nearer end. */
export function colourScale(colours: readonly string[]): (fraction: number) => string {
  const stops = colours.map(channels);
  return (fraction) => {
    const place = Math.min(1, Math.max(0, fraction)) * (stops.length - 1);
    const from = stops[Math.floor(place)] ?? BLACK;
    const to = stops[Math.ceil(place)] ?? BLACK;
    return css(mixed(from, to, place % 1));
  };
}

const BLACK: Channels = [0, 0, 0];

/** Reads "rgb(16, 20, 27)", as a browser computes colours. */
function channels(colour: string): Channels {
  const [red = 0, green = 0, blue = 0] = colour.match(/[\d.]+/g)?.map(Number) ?? [];
  return [red, green, blue];
}

function mixed(from: Channels, to: Channels, share: number): Channels {
  const mix = (at: 0 | 1 | 2): number => from[at] + (to[at] - from[at]) * share;
  return [mix(0), mix(1), mix(2)];
}

function css([red, green, blue]: Channels): string {
  return `rgb(${Math.round(red)}, ${Math.round(green)}, ${Math.round(blue)})`;
}
