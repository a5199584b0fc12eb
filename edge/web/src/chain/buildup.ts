import type { Buildup } from '../contract/types';
import { MISSING } from '../format/absent';

/** How a build-up is written where there is little room, and what it means. */
export interface BuildupMark {
  readonly tag: string;
  /** In full; absent where it is not known. */
  readonly name?: string;
}

const MARKS: Readonly<Record<Buildup, BuildupMark>> = {
  BUILDUP_UNSPECIFIED: { tag: MISSING },
  BUILDUP_LONG_BUILDUP: { tag: 'LB', name: 'Long build-up: price up, open interest up' },
  BUILDUP_SHORT_BUILDUP: { tag: 'SB', name: 'Short build-up: price down, open interest up' },
  BUILDUP_LONG_UNWINDING: { tag: 'LU', name: 'Long unwinding: price down, open interest down' },
  BUILDUP_SHORT_COVERING: { tag: 'SC', name: 'Short covering: price up, open interest down' },
  BUILDUP_NEUTRAL: { tag: 'N', name: 'Neutral: price or open interest did not change' },
};

/** The mark of a build-up. One newer than this page reads as not known. */
export function buildupMark(buildup: Buildup): BuildupMark {
  return (MARKS as Readonly<Partial<typeof MARKS>>)[buildup] ?? MARKS.BUILDUP_UNSPECIFIED;
}
