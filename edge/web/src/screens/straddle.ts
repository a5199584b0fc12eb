import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { moveOption, moveSummary, moveTable } from '../charts/expected-move';
import { straddleOption, straddlePoints, straddleSummary, straddleTable } from '../charts/straddle';
import type { EnrichedChain, Product, Straddle, Straddles } from '../contract/types';
import { ProductScreen, type ModeName } from '../elements/product-screen';
import { straddleFigures } from '../explain/straddle';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { HISTORY_RANGES, historyQuery, rangeOf, type HistoryRange } from '../state/history-range';
import { valueOf, type Loadable } from '../state/loadable';
import { remember } from '../state/remember';
import { pairStyles } from '../styles/pair';

import '../elements/figure';
import '../elements/key-figures';

const PATH = '/api/analytics/straddle/{product}';

/** Milliseconds between two looks at the history; the newest point comes with the chain. */
const EVERY = 15_000;

const MODES: readonly ModeName[] = HISTORY_RANGES.map(({ mode, name }) => [mode, name]);

const historyDrawn = (
  history: readonly Straddle[],
  chain: EnrichedChain,
  range: HistoryRange,
  format: ProductFormat,
) => {
  const points = straddlePoints(history, chain, range);
  return {
    plan: { medium: 'echarts', option: straddleOption(points, range, format) } as const,
    table: straddleTable(points, format),
    summary: straddleSummary(points, format),
  };
};

const moveDrawn = (chain: EnrichedChain, product: Product | undefined, format: ProductFormat) => ({
  plan: { medium: 'echarts', option: moveOption(chain, format) } as const,
  table: moveTable(chain, format),
  summary: moveSummary(chain, format),
  figures: straddleFigures({ chain, product, format }),
});

const NO_HISTORY: readonly Straddle[] = [];

/** The at-the-money straddle and the move that it stands for: `<ds-straddle product="NIFTY">`. */
@customElement('ds-straddle')
export class StraddleScreen extends ProductScreen {
  static override styles = [ProductScreen.styles, pairStyles];

  readonly #history = remember(historyDrawn);
  readonly #move = remember(moveDrawn);

  protected override render(): TemplateResult {
    const answer = this.#answer;
    return html`
      ${this.bar(this.modeButtons(MODES, 'How far back'))}
      ${this.whenKnown(this.chain, (chain) => this.#content(chain, answer))}
    `;
  }

  get #answer(): Loadable<Straddles> {
    const { product, shownExpiry: expiry } = this;
    const query = { expiry, ...historyQuery(rangeOf(this.mode)) };
    return this.watch({ path: PATH, variables: { product }, query }, EVERY);
  }

  #content(chain: EnrichedChain, answer: Loadable<Straddles>): TemplateResult {
    const { format, market, product } = this;
    const move = this.#move(chain, market.state.product(product), format);
    return html`
      <ds-key-figures .figures=${move.figures}></ds-key-figures>
      <div class="pair">
        ${this.#historyFigure(chain, answer)}
        <ds-figure
          heading="Expected move to expiry"
          subject=${subjectName(chain)}
          filename="expected-move-${chain.product}-${chain.expiry}"
          empty="The straddle has no price, so its gain cannot be drawn."
          .summary=${move.summary}
          .caption=${this.caption(
            chain.timestamp,
            'Bands are about spot: one standard deviation by the volatility at the money, and the ' +
              'street’s 0.85 of the straddle. The gain is at expiry, without fees.',
          )}
          .plan=${move.plan}
          .table=${move.table}
        ></ds-figure>
      </div>
    `;
  }

  #historyFigure(chain: EnrichedChain, answer: Loadable<Straddles>): TemplateResult {
    const history = valueOf(answer)?.history ?? NO_HISTORY;
    const { plan, table, summary } = this.#history(history, chain, rangeOf(this.mode), this.format);
    return html`
      <ds-figure
        heading="Straddle and spot"
        subject=${subjectName(chain)}
        filename="straddle-${chain.product}-${chain.expiry}"
        .summary=${summary}
        .caption=${this.caption(
          chain.timestamp,
          'At each time, the straddle of the strike then nearest to spot: where that strike changes, ' +
            `the line breaks.${beforeNow(answer)}`,
        )}
        .plan=${plan}
        .table=${table}
      ></ds-figure>
    `;
  }
}

/** What is to be said of a history that is not there. */
function beforeNow(answer: Loadable<Straddles>): string {
  if (answer.state === 'loading') return ' What was before is being fetched.';
  return answer.state === 'failed'
    ? ` What was before cannot be fetched: ${answer.problem.message}`
    : '';
}

function subjectName({ product, expiry }: EnrichedChain): string {
  return `${product} · ${calendarDate(expiry)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-straddle': StraddleScreen;
  }
}
