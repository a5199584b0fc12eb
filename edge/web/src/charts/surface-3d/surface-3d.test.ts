import { describe, expect, it } from 'vitest';

import { fittedSurface, slice, surface } from '../../testing/surfaces';
import { BOX, type Point } from './box';
import { FIRST_CAMERA, projection, turned } from './camera';
import { meshOf, type Mesh } from './mesh';
import { facesOf } from './paint';
import { isTurnKey, turnOfDrag, turnOfKey } from './turning';

const SIZE = { width: 800, height: 500 };

function mesh(): Mesh {
  const made = meshOf(fittedSurface());
  if (made === undefined) throw new Error('two expiries make a surface');
  return made;
}

describe('the mesh', () => {
  it('has quadrilaterals only where all corners are quoted', () => {
    const places = mesh().quads.flatMap(({ corners }) => corners.map(([x]) => x));
    expect(Math.max(...places)).toBeCloseTo(BOX[0] / 2, 9);
    expect(Math.min(...places)).toBeCloseTo(-BOX[0] / 2, 9);
  });

  it('has no more of them than there is time to paint', () => {
    const years = Array.from({ length: 30 }, (_, at) => 0.01 * (at + 1));
    const moneyness = Array.from({ length: 81 }, (_, column) => (column - 40) / 2000);
    const expiries = years.map((_, at) => slice({ expiry: `2025-08-${10 + at}` }));
    const grid = expiries.map(({ expiry }, at) => ({
      expiry,
      years_to_expiry: years[at] ?? 0,
      ivs: moneyness.map(() => 0.13),
    }));
    const { quads } = meshOf({ moneyness, surface: surface({ expiries, grid }) }) ?? mesh();
    expect(quads.length).toBeGreaterThan(400);
    expect(quads.length).toBeLessThanOrEqual(660);
  });

  it('stays within its box, with heights from 0 to 1', () => {
    for (const { corners, height } of mesh().quads) {
      for (const [, y, z] of corners) {
        expect(Math.abs(y)).toBeLessThanOrEqual(BOX[1] + 1e-9);
        expect(Math.abs(z)).toBeLessThanOrEqual(BOX[2] + 1e-9);
      }
      expect(height).toBeGreaterThanOrEqual(0);
      expect(height).toBeLessThanOrEqual(1);
    }
  });

  it('is linear in total variance between two expiries', () => {
    const { quads, volatility, rootTime } = mesh();
    const atTheMoney = quads
      .flatMap(({ corners }) => corners)
      .filter(([x, y]) => Math.abs(x) < 1e-9 && Math.abs(y) < 1e-9);
    // Half of the way in the root of time: √T = 0.15, of 0.1 and 0.2.
    expect(rootTime.place(0.15)).toBeCloseTo(0, 9);
    const weight = (0.15 ** 2 - 0.01) / 0.03;
    const variance = (1 - weight) * 0.13 ** 2 * 0.01 + weight * 0.14 ** 2 * 0.04;
    const expected = volatility.place(Math.sqrt(variance / 0.15 ** 2));
    expect(atTheMoney.length).toBeGreaterThan(0);
    expect(atTheMoney[0]?.[2]).toBeCloseTo(expected, 9);
  });

  it('is absent where there is a single expiry', () => {
    const { surface, moneyness } = fittedSurface();
    expect(meshOf({ moneyness, surface: { ...surface, grid: surface.grid.slice(0, 1) } })).toBe(
      undefined,
    );
  });
});

describe('the projection', () => {
  const CORNERS = [-1, 1].flatMap((x) =>
    [-1, 1].flatMap((y) => [-1, 1].map((z): Point => [x * BOX[0], y * BOX[1], z * BOX[2]])),
  );

  it.each([0, 0.7, 2, 3.5, 5])('keeps the whole box on the canvas, turned by %d', (turn) => {
    for (const height of [0.08, 0.45, 1.5]) {
      for (const { x, y } of CORNERS.map(projection({ turn, height }, SIZE))) {
        expect(x).toBeGreaterThanOrEqual(0);
        expect(x).toBeLessThanOrEqual(SIZE.width);
        expect(y).toBeGreaterThanOrEqual(0);
        expect(y).toBeLessThanOrEqual(SIZE.height);
      }
    }
  });

  it('shows what is up above what is down, and what is near in front', () => {
    const project = projection({ turn: 0, height: 0.4 }, SIZE);
    expect(project([0, 0, 0.5]).y).toBeLessThan(project([0, 0, -0.5]).y);
    expect(project([0, -1, 0]).depth).toBeLessThan(project([0, 1, 0]).depth);
  });
});

describe('painting', () => {
  it.each([0, 1, 2, 4])('begins with what is farthest, turned by %d', (turn) => {
    const faces = facesOf(mesh().quads, projection({ turn, height: 0.4 }, SIZE));
    const depths = faces.map(({ depth }) => depth);
    expect(depths).toEqual([...depths].sort((one, other) => other - one));
  });
});

describe('turning', () => {
  it('follows the arrow keys and no other', () => {
    expect(isTurnKey('ArrowLeft')).toBe(true);
    expect(isTurnKey('a')).toBe(false);
    expect(turnOfKey('ArrowUp').height).toBeGreaterThan(0);
    expect(turnOfKey('ArrowLeft').turn).toBe(-turnOfKey('ArrowRight').turn);
  });

  it('follows a drag', () => {
    const { turn, height } = turned(FIRST_CAMERA, turnOfDrag(10, 0));
    expect(turn).toBeGreaterThan(FIRST_CAMERA.turn);
    expect(height).toBe(FIRST_CAMERA.height);
  });

  it('never goes below the floor or over the top', () => {
    expect(turned(FIRST_CAMERA, { turn: 0, height: 9 }).height).toBe(Math.PI / 2);
    expect(turned(FIRST_CAMERA, { turn: 0, height: -9 }).height).toBeGreaterThan(0);
  });
});
