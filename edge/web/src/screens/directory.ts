import type { Screen } from '../state/place';

/** What the dashboard knows of a screen before it has fetched it. */
export interface ScreenEntry {
  readonly tag: string;
  readonly name: string;
  readonly load: () => Promise<unknown>;
  /** Whether it shows all of a product, whatever the expiry. */
  readonly isOfProduct?: boolean;
}

/** The screens, each a chunk that is fetched when it is first shown. */
const ENTRIES: Readonly<Record<Screen, ScreenEntry>> = {
  chain: {
    tag: 'ds-option-chain',
    name: 'Chain',
    load: () => import('../elements/option-chain'),
  },
  'open-interest': {
    tag: 'ds-open-interest',
    name: 'Open interest',
    load: () => import('./open-interest'),
  },
  'max-pain': {
    tag: 'ds-max-pain',
    name: 'Max pain',
    load: () => import('./max-pain'),
  },
  smile: {
    tag: 'ds-smile',
    name: 'Smile',
    load: () => import('./smile'),
  },
  surface: {
    tag: 'ds-surface',
    name: 'Surface',
    load: () => import('./surface'),
  },
  'gamma-exposure': {
    tag: 'ds-gamma-exposure',
    name: 'Gamma exposure',
    load: () => import('./gamma-exposure'),
  },
  straddle: {
    tag: 'ds-straddle',
    name: 'Straddle',
    load: () => import('./straddle'),
  },
  history: {
    tag: 'ds-history',
    name: 'History',
    load: () => import('./history'),
  },
  candles: {
    tag: 'ds-candles',
    name: 'Candles',
    load: () => import('./candles'),
  },
  system: {
    tag: 'ds-system',
    name: 'System',
    load: () => import('./system'),
    isOfProduct: true,
  },
};

/** The entry of a screen. */
export function entryOf(screen: Screen): ScreenEntry {
  return ENTRIES[screen];
}
