/** What stands around the surface: floor, walls, and the figures along three edges. */
import type { ProductFormat } from '../../format/product-format';
import { expiryNames } from '../dates';
import { moneynessTicks, roundDistanceText } from '../moneyness-axis';
import type { ChartTheme } from '../theme';
import { roundTicks } from '../ticks';
import { BOX, type Point } from './box';
import type { Projected } from './camera';
import type { Mesh } from './mesh';

/** What the parts of a painting share. */
export interface Canvas {
  readonly context: CanvasRenderingContext2D;
  readonly theme: ChartTheme;
  readonly project: (point: Point) => Projected;
}

/** A figure at a place along an edge. */
interface Tick {
  readonly at: number;
  readonly text: string;
}

/** The figures of all three axes: they stay the same however the box is turned. */
export interface Ticks {
  readonly moneyness: readonly Tick[];
  readonly expiries: readonly Tick[];
  readonly volatility: readonly Tick[];
}

/** Which sides of the box are away from the viewer: the sign of their coordinate. */
interface Sides {
  readonly farX: number;
  readonly farY: number;
}

/** Pixels from an edge to its figures, and to its name. */
const TO_FIGURES = 10;
const TO_NAME = 40;
const ABOVE = 18;

/** The least distance, in pixels, of two figures along an edge. */
const APART = 15;

export function ticksOf(mesh: Mesh, format: ProductFormat): Ticks {
  const { moneyness, rootTime, volatility } = mesh;
  const distance = roundDistanceText(format);
  const names = expiryNames(mesh.expiries.map(({ expiry }) => expiry));
  return {
    moneyness: moneynessTicks([moneyness.low, moneyness.high], 6).map((k) => ({
      at: moneyness.place(k),
      text: distance(k),
    })),
    expiries: mesh.expiries.map(({ rootTime: root }, at) => ({
      at: rootTime.place(root),
      text: names[at] ?? '',
    })),
    volatility: roundTicks(volatility.low, volatility.high, 5).map((iv) => ({
      at: volatility.place(iv),
      text: format.volatility(iv),
    })),
  };
}

function farSides({ project }: Canvas): Sides {
  const depth = (point: Point): number => project(point).depth;
  return {
    farX: depth([BOX[0], 0, 0]) > depth([-BOX[0], 0, 0]) ? BOX[0] : -BOX[0],
    farY: depth([0, BOX[1], 0]) > depth([0, -BOX[1], 0]) ? BOX[1] : -BOX[1],
  };
}

/** Paints what is behind and below the surface. */
export function paintWalls(canvas: Canvas, ticks: Ticks): void {
  const { context, theme } = canvas;
  const { farX, farY } = farSides(canvas);
  const [x, y, z] = BOX;
  context.strokeStyle = theme.colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (const { at } of ticks.moneyness) {
    path(canvas, [at, -farY, -z], [at, farY, -z], [at, farY, z]);
  }
  for (const { at } of ticks.expiries) {
    path(canvas, [-farX, at, -z], [farX, at, -z], [farX, at, z]);
  }
  for (const { at } of ticks.volatility) {
    path(canvas, [-farX, farY, at], [farX, farY, at], [farX, -farY, at]);
  }
  context.stroke();
  context.strokeStyle = theme.colours['line-strong'];
  context.beginPath();
  path(canvas, [-x, -y, -z], [x, -y, -z], [x, y, -z], [-x, y, -z], [-x, -y, -z]);
  path(canvas, [farX, -farY, -z], [farX, -farY, z], [farX, farY, z], [-farX, farY, z]);
  path(canvas, [-farX, farY, -z], [-farX, farY, z]);
  path(canvas, [farX, farY, -z], [farX, farY, z]);
  context.stroke();
}

function path({ context, project }: Canvas, ...points: readonly Point[]): void {
  points.forEach((point, at) => {
    const { x, y } = project(point);
    if (at === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}

/** Paints the figures of the axes, outside of the box, on the sides that the viewer sees. */
export function paintFigures(canvas: Canvas, ticks: Ticks): void {
  const { farX, farY } = farSides(canvas);
  const [, , z] = BOX;
  edge(canvas, 'From the forward', insideOf(ticks.moneyness), (at) => [at, -farY, -z]);
  edge(canvas, 'Expiry', ticks.expiries, (at) => [-farX, at, -z]);
  const corners = [[-farX, farY] as const, [farX, -farY] as const];
  const [x = 0, y = 0] =
    corners.sort((one, other) => xAt(canvas, one) - xAt(canvas, other))[0] ?? [];
  edge(canvas, '', ticks.volatility, (at) => [x, y, at]);
  nameAbove(canvas, 'IV, %', [x, y, z]);
}

/** Without the figure at a corner of the box, where one of the other edge stands. */
function insideOf(ticks: readonly Tick[]): readonly Tick[] {
  return ticks.filter(({ at }) => Math.abs(at) < BOX[0] * 0.94);
}

function xAt({ project }: Canvas, [x, y]: readonly [number, number]): number {
  return project([x, y, 0]).x;
}

/** Writes the figures along an edge, leaving out those that would stand in one another. */
function edge(
  canvas: Canvas,
  name: string,
  ticks: readonly Tick[],
  pointAt: (at: number) => Point,
): void {
  const { context, theme, project } = canvas;
  const middle = project(pointAt(0));
  const centre = project([0, 0, 0]);
  const away = Math.hypot(middle.x - centre.x, middle.y - centre.y) || 1;
  const outward = { x: (middle.x - centre.x) / away, y: (middle.y - centre.y) / away };
  context.textBaseline = 'middle';
  context.textAlign = Math.abs(outward.x) < 0.35 ? 'center' : outward.x < 0 ? 'right' : 'left';
  context.fillStyle = theme.colours.muted;
  context.font = `11px ${theme.font}`;
  let written: Projected | undefined;
  for (const { at, text } of ticks) {
    const place = project(pointAt(at));
    if (written && Math.hypot(place.x - written.x, place.y - written.y) < APART) continue;
    written = place;
    context.fillText(text, place.x + outward.x * TO_FIGURES, place.y + outward.y * TO_FIGURES);
  }
  if (written === undefined || name === '') return;
  context.fillStyle = theme.colours.text;
  context.fillText(name, middle.x + outward.x * TO_NAME, middle.y + outward.y * TO_NAME);
}

/** Names an upright edge at its upper end, where there is room on a narrow page too. */
function nameAbove({ context, theme, project }: Canvas, name: string, end: Point): void {
  const { x, y } = project(end);
  context.textAlign = 'center';
  context.fillStyle = theme.colours.text;
  context.fillText(name, x, y - ABOVE);
}
