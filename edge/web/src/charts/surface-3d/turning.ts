/** What hands do, as turns of the camera. */
import type { Camera } from './camera';

/** Radians a key press, and a pixel of a drag. */
const BY_KEY = Math.PI / 24;
const BY_PIXEL = 0.008;

const KEYS = {
  ArrowLeft: { turn: -BY_KEY, height: 0 },
  ArrowRight: { turn: BY_KEY, height: 0 },
  ArrowUp: { turn: 0, height: BY_KEY },
  ArrowDown: { turn: 0, height: -BY_KEY },
} as const satisfies Readonly<Record<string, Camera>>;

export type TurnKey = keyof typeof KEYS;

export function isTurnKey(key: string): key is TurnKey {
  return key in KEYS;
}

export function turnOfKey(key: TurnKey): Camera {
  return KEYS[key];
}

/** The turn by which what is below the pointer seems to follow it. */
export function turnOfDrag(right: number, down: number): Camera {
  return { turn: right * BY_PIXEL, height: down * BY_PIXEL };
}
