/** The colours of a chart: the tokens of the page, read where the chart stands. */
const NAMES = [
  'surface',
  'raised',
  'line',
  'line-strong',
  'text',
  'muted',
  'accent',
  'call',
  'put',
  'call-bar',
  'put-bar',
  'up',
  'down',
  'notice',
] as const;

export type ColourName = (typeof NAMES)[number];

/** How a chart looks. Colours are what a canvas understands. */
export interface ChartTheme {
  readonly colours: Readonly<Record<ColourName, string>>;
  readonly font: string;
}

/**
 * Reads the theme at an element of ours.
 *
 * A custom property gives its text, "light-dark(…)" and all; only as the value of a colour does
 * the browser say which one it is. So each is asked for through a probe within the element.
 */
export function themeAt(host: HTMLElement): ChartTheme {
  const probe = document.createElement('span');
  probe.style.display = 'none';
  (host.shadowRoot ?? host).append(probe);
  const style = getComputedStyle(probe);
  const read = (name: ColourName): string => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const colours = Object.fromEntries(NAMES.map((name) => [name, read(name)]));
  const font = getComputedStyle(host).fontFamily;
  probe.remove();
  return { colours: colours as Record<ColourName, string>, font };
}
