import { moneynessGrid, type SurfaceOnGrid } from '../charts/moneyness';
import { ProductScreen } from '../elements/product-screen';
import type { ImpliedVolatilityRank } from '../contract/types';
import { ready, type Loadable } from '../state/loadable';

const SURFACE = '/api/analytics/volatility-surface/{product}';
const RANK = '/api/analytics/iv-rank/{product}';

/** Milliseconds between two looks at the surface, at what it spans, and at past sessions. */
const SURFACE_EVERY = 5_000;
const SPAN_EVERY = 60_000;
const RANK_EVERY = 60_000;

/** A screen that shows the volatility surface, or a part of it. */
export abstract class VolatilityScreen extends ProductScreen {
  /** What was shown last: it stays while a grid of another span is asked for. */
  #last: SurfaceOnGrid | undefined;

  /** The fitted surface on a grid over all quotes, kept fresh. To be called while it draws. */
  protected get fitted(): Loadable<SurfaceOnGrid> {
    const variables = { product: this.product };
    const span = this.watch({ path: SURFACE, variables }, SPAN_EVERY);
    if (span.state !== 'ready') return span;
    const moneyness = moneynessGrid(span.value.expiries);
    if (moneyness.length === 0) return ready({ surface: span.value, moneyness });
    const query = { log_moneyness: moneyness };
    const answer = this.watch({ path: SURFACE, variables, query }, SURFACE_EVERY);
    if (answer.state === 'ready') this.#last = this.#onGrid(answer.value, moneyness);
    const last = this.#last;
    if (last?.surface.product === this.product) return ready(last);
    return answer.state === 'ready' ? ready({ surface: answer.value, moneyness }) : answer;
  }

  /** Where today's volatility stands among past sessions', kept fresh. To be called while it draws. */
  protected get rank(): Loadable<ImpliedVolatilityRank> {
    return this.watch({ path: RANK, variables: { product: this.product } }, RANK_EVERY);
  }

  /** The same answer is the same object, so that what is made of it can be kept. */
  #onGrid(surface: SurfaceOnGrid['surface'], moneyness: readonly number[]): SurfaceOnGrid {
    return this.#last?.surface === surface ? this.#last : { surface, moneyness };
  }
}
