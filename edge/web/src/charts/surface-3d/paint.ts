/** Paints the surface: the farthest quadrilateral first, so that nearer ones cover it. */
import type { ProductFormat } from '../../format/product-format';
import { colourScale, scaleColours } from '../colour-scale';
import type { Plan, Size } from '../drawing';
import type { SurfaceOnGrid } from '../moneyness';
import { paintFigures, paintWalls, ticksOf, type Canvas, type Ticks } from './axes';
import { projection, type Camera, type Projected } from './camera';
import { meshOf, type Mesh, type Quad } from './mesh';

type Paint = Extract<Plan, { medium: 'canvas' }>['paint'];

/** Shades of the colour scale: more than an eye can tell apart, few enough to be made beforehand. */
const SHADES = 64;

interface Face {
  readonly corners: readonly Projected[];
  readonly depth: number;
  readonly height: number;
}

/** A surface that is ready to be painted from anywhere. */
export interface Scene {
  readonly mesh: Mesh;
  readonly ticks: Ticks;
  readonly format: ProductFormat;
}

/** Makes a surface ready; absent where fewer than two expiries are fitted. */
export function sceneOf(fitted: SurfaceOnGrid, format: ProductFormat): Scene | undefined {
  const mesh = meshOf(fitted);
  return mesh && { mesh, ticks: ticksOf(mesh, format), format };
}

/** The painting of a surface as seen from somewhere. */
export function surfacePainting({ mesh, ticks, format }: Scene, camera: Camera): Paint {
  return (context, size, theme) => {
    const canvas: Canvas = { context, theme, project: projection(camera, size) };
    const colours = scaleColours(theme);
    context.clearRect(0, 0, size.width, size.height);
    paintWalls(canvas, ticks);
    paintFaces(canvas, facesOf(mesh.quads, canvas.project), colours);
    paintFigures(canvas, ticks);
    paintScale(canvas, size, mesh, format, colours);
  };
}

/** The faces in the order in which to paint them. */
export function facesOf(quads: readonly Quad[], project: Canvas['project']): readonly Face[] {
  return quads
    .map(({ corners, height }) => {
      const projected = corners.map(project);
      return { corners: projected, height, depth: sum(projected.map(({ depth }) => depth)) };
    })
    .sort((one, other) => other.depth - one.depth);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function paintFaces(
  { context, theme }: Canvas,
  faces: readonly Face[],
  colours: readonly string[],
): void {
  const scale = colourScale(colours);
  const shades = Array.from({ length: SHADES }, (_, shade) => scale(shade / (SHADES - 1)));
  context.lineWidth = 0.5;
  context.lineJoin = 'bevel';
  context.strokeStyle = theme.colours.surface;
  for (const { corners, height } of faces) {
    context.fillStyle = shades[Math.round(height * (SHADES - 1))] ?? '';
    context.beginPath();
    corners.forEach(({ x, y }, at) => {
      if (at === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
    context.closePath();
    context.fill();
    context.stroke();
  }
}

/** What the colours stand for. */
function paintScale(
  { context, theme }: Canvas,
  { width }: Size,
  { volatility }: Mesh,
  format: ProductFormat,
  colours: readonly string[],
): void {
  const length = Math.min(160, width / 3);
  const left = (width - length) / 2;
  const gradient = context.createLinearGradient(left, 0, left + length, 0);
  colours.forEach((colour, at) => {
    gradient.addColorStop(at / (colours.length - 1), colour);
  });
  context.fillStyle = gradient;
  context.fillRect(left, 4, length, 10);
  context.fillStyle = theme.colours.muted;
  context.font = `11px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  context.fillText(`${format.volatility(volatility.low)} %`, left - 8, 9);
  context.textAlign = 'left';
  context.fillText(`${format.volatility(volatility.high)} %`, left + length + 8, 9);
}
