import type { Screen } from '../state/place';

/** What the dashboard knows of a screen before it has fetched it. */
export interface ScreenEntry {
  readonly tag: string;
  readonly name: string;
  readonly load: () => Promise<unknown>;
}

/** The screens, each a chunk that is fetched when it is first shown. */
const ENTRIES: Readonly<Partial<Record<Screen, ScreenEntry>>> & { readonly chain: ScreenEntry } = {
  chain: {
    tag: 'ds-option-chain',
    name: 'Chain',
    load: () => import('../elements/option-chain'),
  },
  'max-pain': {
    tag: 'ds-max-pain',
    name: 'Max pain',
    load: () => import('./max-pain'),
  },
};

/** The entry of a screen. */
export function entryOf(screen: Screen): ScreenEntry {
  return ENTRIES[screen] ?? ENTRIES.chain;
}
