import { svg, type SVGTemplateResult } from 'lit';

import type { PriceTrail } from '../state/price-trail';

/** Size of the drawing, in its own units; the page scales it. */
export const SPARKLINE = { width: 120, height: 30 } as const;

/** Room for half the stroke, so that the extremes are not cut. */
const MARGIN = 2;

/** The corner points of a price line, as an SVG `points` attribute. */
export function sparklinePoints(trail: PriceTrail): string {
  const start = trail[0]?.at ?? 0;
  const span = (trail.at(-1)?.at ?? 0) - start || 1;
  const prices = trail.map(({ price }) => price);
  const low = Math.min(...prices);
  const range = Math.max(...prices) - low || 1;
  return trail
    .map(({ at, price }) => {
      const x = ((at - start) / span) * SPARKLINE.width;
      const y = MARGIN + (1 - (price - low) / range) * (SPARKLINE.height - 2 * MARGIN);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

/** The shape of the last minutes; a picture beside figures that say the same, so it is unnamed. */
export function sparkline(trail: PriceTrail): SVGTemplateResult {
  return svg`
    <svg
      class="sparkline"
      viewBox="0 0 ${SPARKLINE.width} ${SPARKLINE.height}"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points=${sparklinePoints(trail)} vector-effect="non-scaling-stroke"></polyline>
    </svg>
  `;
}
