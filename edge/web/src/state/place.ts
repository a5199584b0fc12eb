/** Where in the dashboard somebody is: what a link restores. */
export type Mode = 'price' | 'greeks';

export interface Place {
  readonly screen: 'chain';
  readonly product?: string;
  readonly expiry?: string;
  readonly mode: Mode;
}

/** Reads a URL fragment such as "#/chain/NIFTY/2025-08-07?mode=greeks"; what it cannot read, it leaves open. */
export function parsePlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [, product, expiry] = path.split('/').map(decodeSegment);
  const mode = new URLSearchParams(query).get('mode') === 'greeks' ? 'greeks' : 'price';
  return {
    screen: 'chain',
    mode,
    ...(product && { product: product.toUpperCase() }),
    ...(expiry && /^\d{4}-\d{2}-\d{2}$/.test(expiry) && { expiry }),
  };
}

/** Writes the fragment that parsePlace reads. */
export function formatPlace(place: Place): string {
  const segments = [place.screen, place.product, place.product && place.expiry];
  const path = segments.filter((segment) => segment !== undefined).map(encodeURIComponent);
  return `#/${path.join('/')}${place.mode === 'greeks' ? '?mode=greeks' : ''}`;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}
