import { signal } from '@preact/signals-core';

/** How figures are written and counted on this page, wherever the reader has a choice. */
export interface Conventions {
  /** How digits are grouped: as the product's currency is, by thousands, by lakh and crore. */
  readonly grouping: 'product' | 'international' | 'indian';
  /** What open interest and volume are counted in; `source` is what the source counts. */
  readonly unit: 'source' | 'contracts' | 'shares';
}

/** Whoever writes a figure reads this, so that all are written anew when it changes. */
export const conventions = signal<Conventions>({ grouping: 'product', unit: 'source' });
