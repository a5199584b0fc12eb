/** Where in the dashboard somebody is: what a link restores. */
export const SCREENS = [
  'chain',
  'open-interest',
  'max-pain',
  'smile',
  'surface',
  'gamma-exposure',
  'straddle',
  'history',
  'candles',
  'system',
] as const;

export type Screen = (typeof SCREENS)[number];

/** How the chain is shown. */
export type Mode = 'price' | 'greeks';

export interface Place {
  readonly screen: Screen;
  readonly product?: string;
  readonly expiry?: string;
  /** How the screen shows what it shows; each screen has modes of its own. Absent is its first. */
  readonly mode?: string;
}

/** Reads a URL fragment such as "#/chain/NIFTY/2025-08-07?mode=greeks"; what it cannot read, it leaves open. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [screen, product, expiry] = path.split('/').map(decodeSegment);
  const mode = new URLSearchParams(query).get('mode') ?? '';
  return {
    screen: SCREENS.find((name) => name === screen) ?? 'chain',
    ...(product && { product: product.toUpperCase() }),
    ...(expiry && /^\d{4}-\d{2}-\d{2}$/.test(expiry) && { expiry }),
    ...(/^[a-z0-9-]{1,20}$/.test(mode) && { mode }),
  };
}

/** Writes the fragment that parsePlace reads. */
export function formatPlace({ screen, product, expiry, mode }: Place): string {
  const segments = [screen, product, product && expiry];
  const path = segments.filter((segment) => segment !== undefined).map(encodeURIComponent);
  return `#/${path.join('/')}${mode ? `?mode=${mode}` : ''}`;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
