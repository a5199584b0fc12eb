/** What a history shows and how far back, as its mode says it: "pcr-1h", "max-pain-1w". */
import type { ModeName } from '../elements/product-screen';
import { HISTORY_RANGES, rangeOf, type HistoryRange } from '../state/history-range';

const SERIES = { pcr: 'Put-call ratio', 'max-pain': 'Max pain' } as const;

export type Series = keyof typeof SERIES;

export interface HistoryMode {
  readonly series: Series;
  readonly range: HistoryRange;
}

/** Reads a mode; what it does not say is the first of each. */
export function historyMode(mode: string): HistoryMode {
  const at = mode.lastIndexOf('-');
  const [series, range] = [mode.slice(0, at), mode.slice(at + 1)];
  return { series: series === 'max-pain' ? 'max-pain' : 'pcr', range: rangeOf(range) };
}

/** The modes that differ from this one in their series alone. */
export function seriesModes({ range }: HistoryMode): readonly ModeName[] {
  return Object.entries(SERIES).map(([series, name]) => [`${series}-${range.mode}`, name]);
}

/** The modes that differ from this one in their range alone. */
export function rangeModes({ series }: HistoryMode): readonly ModeName[] {
  return HISTORY_RANGES.map(({ mode, name }) => [`${series}-${mode}`, name]);
}
