import type { Maybe } from './absent';

export type Direction = 'up' | 'down' | 'flat';

export const GLYPHS: Readonly<Record<Direction, string>> = { up: '▲', down: '▼', flat: '•' };

/** Which way a change points; absent when the change is. */
export function direction(change: Maybe<number>): Direction | undefined {
  if (change == null) return undefined;
  if (change === 0) return 'flat';
  return change > 0 ? 'up' : 'down';
}
