/** The box that the surface stands in. Its middle is the origin. */

/** A place in the box: across, away, up. */
export type Point = readonly [x: number, y: number, z: number];

/** Half the edges of the box. */
export const BOX: Point = [1.5, 1, 0.6];
