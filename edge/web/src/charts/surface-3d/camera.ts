/** From where the box is looked at: parallel light, so that equal lengths look equal. */
import type { Size } from '../drawing';
import { BOX, type Point } from './box';

/** Angles in radians. */
export interface Camera {
  /** How far the box is turned about its upright axis. */
  readonly turn: number;
  /** How far above the horizon one stands. */
  readonly height: number;
}

export const FIRST_CAMERA: Camera = { turn: -0.6, height: 0.45 };

const LOWEST = 0.08;
const HIGHEST = Math.PI / 2;

/** Room for the labels around the box, in pixels. */
const MARGIN: Size = { width: 58, height: 40 };

/** How much higher the box may be drawn where there is room above it. */
const MOST_STRETCH = 2.2;

/** A place on the screen, and how far away it is. */
export interface Projected {
  readonly x: number;
  readonly y: number;
  readonly depth: number;
}

/** The camera after a turn; one cannot look from below. */
export function turned({ turn, height }: Camera, by: Camera): Camera {
  return {
    turn: (turn + by.turn) % (2 * Math.PI),
    height: Math.min(HIGHEST, Math.max(LOWEST, height + by.height)),
  };
}

/** A function from places in the box to places on a canvas of this size, in which all of it fits. */
export function projection({ turn, height }: Camera, size: Size): (point: Point) => Projected {
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const [cosHeight, sinHeight] = [Math.cos(height), Math.sin(height)];
  // The largest extents over all turns, so that the box keeps its size while it is turned.
  const reach = Math.hypot(BOX[0], BOX[1]);
  const room = {
    width: Math.max(1, size.width / 2 - MARGIN.width),
    height: Math.max(1, size.height / 2 - MARGIN.height),
  };
  const lying = reach * sinHeight;
  const standing = BOX[2] * cosHeight;
  const scale = Math.min(room.width / reach, room.height / (lying + standing));
  const above = (room.height / scale - lying) / Math.max(standing, 1e-6);
  const stretch = Math.min(MOST_STRETCH, Math.max(1, above));
  return ([x, y, z]) => {
    const away = x * sinTurn + y * cosTurn;
    return {
      x: size.width / 2 + scale * (x * cosTurn - y * sinTurn),
      y: size.height / 2 - scale * (z * stretch * cosHeight + away * sinHeight),
      depth: away * cosHeight - z * stretch * sinHeight,
    };
  };
}
