import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';

import type { Plan } from '../charts/drawing';
import {
  PAIN_LINES,
  painHistoryOption,
  painHistoryTable,
  RATIO_LINES,
  ratioHistoryOption,
  ratioHistoryTable,
  type PainPoint,
  type RatioPoint,
} from '../charts/history';
import type { FigureTable } from '../charts/table';
import type { EnrichedChain, MaxPainPoint, PutCallRatio } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import { ProductScreen } from '../elements/product-screen';
import { historyFigures } from '../explain/history';
import { calendarDate } from '../format/durations';
import { historyQuery, longestPause, MOST_POINTS } from '../state/history-range';
import { ready, type Loadable } from '../state/loadable';
import { appended, continued, type Dated } from '../state/series';
import { historyMode, rangeModes, seriesModes } from './history-mode';

import '../elements/figure';
import '../elements/key-figures';

const RATIOS = '/api/analytics/pcr/{product}';
const PAIN = '/api/analytics/max-pain/{product}';

/** Milliseconds between two looks at what is stored; chains that arrive are appended at once. */
const EVERY = 60_000;

/** What one series shows. */
interface Shown {
  readonly heading: string;
  readonly summary: string;
  readonly assumption: string;
  readonly figures: readonly KeyFigure[];
  readonly plan: Plan;
  readonly table: FigureTable;
}

interface Arrived extends Dated, RatioPoint, PainPoint {}

/** How put-call ratios and max pain have changed: `<ds-history product="NIFTY">`. */
@customElement('ds-history')
export class HistoryScreen extends ProductScreen {
  /** From when on is asked for; fixed for what is shown, so that the question stays the same. */
  #since = { key: '', start: '' };

  /** The chains that came while this product and expiry were shown. */
  #arrived: { readonly key: string; readonly points: readonly Arrived[] } = { key: '', points: [] };

  protected override render(): TemplateResult {
    const mode = historyMode(this.mode);
    return html`
      ${this.bar(
        this.modeButtons(seriesModes(mode), 'Series'),
        this.modeButtons(rangeModes(mode), 'How far back'),
      )}
      ${this.whenKnown(this.chain, (chain) => {
        this.#arrived = this.#withArrival(chain);
        return mode.series === 'pcr' ? this.#ratios(chain) : this.#pain(chain);
      })}
    `;
  }

  #ratios(chain: EnrichedChain): TemplateResult {
    const { product } = chain;
    const answer = this.watch(
      { path: RATIOS, variables: { product }, query: this.#query(chain) },
      EVERY,
    );
    const stored = mapped(answer, ({ history }) => history.map(ratioPoint));
    return this.#whenKnown(stored, chain, (points) => {
      const { format } = this;
      const history = { points, longestPause: longestPause(this.#span) };
      return {
        heading: 'Put-call ratio over time',
        summary: `Put-call ratio by open interest, now ${format.ratio(points.at(-1)?.pcr_oi)}, and by volume.`,
        assumption: 'Over all listed strikes of the expiry; a pause in the data stays a gap.',
        figures: historyFigures(points, RATIO_LINES, chain, format),
        plan: { medium: 'echarts', option: ratioHistoryOption(history, format) },
        table: ratioHistoryTable(history, format),
      };
    });
  }

  #pain(chain: EnrichedChain): TemplateResult {
    const { product } = chain;
    const answer = this.watch(
      { path: PAIN, variables: { product }, query: this.#query(chain) },
      EVERY,
    );
    const stored = mapped(answer, ({ history }) => history.map(painPoint));
    return this.#whenKnown(stored, chain, (points) => {
      const { format } = this;
      const history = { points, longestPause: longestPause(this.#span) };
      return {
        heading: 'Max pain and spot over time',
        summary: `Max pain, now ${format.strike(points.at(-1)?.max_pain_strike)}, and the price of the underlying.`,
        assumption:
          'As if every open contract were held to expiry; a pause in the data stays a gap.',
        figures: historyFigures(points, PAIN_LINES, chain, format),
        plan: { medium: 'echarts', option: painHistoryOption(history, format) },
        table: painHistoryTable(history, format),
      };
    });
  }

  /** Draws what is stored and what has arrived since. */
  #whenKnown<Point extends Dated>(
    stored: Loadable<readonly Point[]>,
    chain: EnrichedChain,
    show: (points: readonly (Point | Arrived)[]) => Shown,
  ): TemplateResult {
    return this.whenKnown(stored, (points) =>
      this.#figure(
        show(continued<Point | Arrived>(points, this.#arrived.points, this.#span)),
        chain,
      ),
    );
  }

  #figure(shown: Shown, { product, expiry, timestamp }: EnrichedChain): TemplateResult {
    return html`
      <ds-key-figures .figures=${shown.figures}></ds-key-figures>
      ${keyed(
        this.mode,
        html`
          <ds-figure
            heading=${shown.heading}
            subject="${product} ${calendarDate(expiry)}"
            filename="${historyMode(this.mode).series}-history-${product}-${expiry}"
            empty="No chain of this time is stored."
            .summary=${shown.summary}
            .caption=${this.caption(timestamp, shown.assumption)}
            .plan=${shown.plan}
            .table=${shown.table}
          ></ds-figure>
        `,
      )}
    `;
  }

  get #span() {
    return historyMode(this.mode).range;
  }

  #query({ expiry, product, timestamp }: EnrichedChain) {
    const { length } = this.#span;
    const key = `${product} ${expiry} ${this.mode}`;
    if (this.#since.key !== key) {
      const start =
        length === undefined ? '' : new Date(Date.parse(timestamp) - length).toISOString();
      this.#since = { key, start };
    }
    const { start } = this.#since;
    return { expiry, start, ...historyQuery(this.#span) };
  }

  #withArrival(chain: EnrichedChain) {
    const key = `${chain.product} ${chain.expiry}`;
    const points = this.#arrived.key === key ? this.#arrived.points : [];
    return {
      key,
      points: appended(points, { ...ratioPoint(chain), ...painPoint(chain) }, MOST_POINTS),
    };
  }
}

function ratioPoint({
  timestamp,
  pcr_oi,
  pcr_volume,
}: Pick<PutCallRatio | EnrichedChain, 'timestamp' | 'pcr_oi' | 'pcr_volume'>): RatioPoint {
  return {
    at: Date.parse(timestamp ?? ''),
    ...(pcr_oi != null && { pcr_oi }),
    ...(pcr_volume != null && { pcr_volume }),
  };
}

function painPoint({
  timestamp,
  max_pain_strike,
  spot_price,
}: Pick<MaxPainPoint | EnrichedChain, 'timestamp' | 'max_pain_strike' | 'spot_price'>): PainPoint {
  return {
    at: Date.parse(timestamp ?? ''),
    ...(max_pain_strike != null && { max_pain_strike }),
    ...(spot_price != null && { spot_price }),
  };
}

function mapped<Value, Result>(
  loadable: Loadable<Value>,
  change: (value: Value) => Result,
): Loadable<Result> {
  return loadable.state === 'ready' ? ready(change(loadable.value)) : loadable;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-history': HistoryScreen;
  }
}
