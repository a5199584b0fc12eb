/** What single keys do; each is a button as well. */
export type Command =
  | 'choose-product'
  | 'previous-expiry'
  | 'next-expiry'
  | 'centre'
  | 'toggle-mode'
  | 'choose-columns'
  | 'pause'
  | 'help';

const COMMANDS: Readonly<Partial<Record<string, Command>>> = {
  '/': 'choose-product',
  '[': 'previous-expiry',
  ']': 'next-expiry',
  a: 'centre',
  g: 'toggle-mode',
  c: 'choose-columns',
  p: 'pause',
  '?': 'help',
};

const TYPING = 'input:not([type="checkbox"]), textarea, select, [contenteditable]';

/** The command of a key press; none while somebody types, or holds a key of the browser's. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
  const [origin] = event.composedPath();
  if (origin instanceof Element && origin.matches(TYPING)) return undefined;
  return COMMANDS[event.key];
}
