import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import {
  buildupTable,
  changesOf,
  interestOption,
  interestSummary,
  interestTable,
  pairsOf,
  type Count,
} from '../charts/open-interest';
import type { EnrichedChain, OpenInterestBuildup } from '../contract/types';
import { ProductScreen, type ModeName } from '../elements/product-screen';
import { baselineWords, interestFigures, type InterestSubject } from '../explain/open-interest';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import { valueOf, type Loadable } from '../state/loadable';
import { remember } from '../state/remember';
import { pairStyles } from '../styles/pair';
import { choiceStyles } from '../styles/choice';

import '../elements/figure';
import '../elements/key-figures';

const PATH = '/api/analytics/oi-buildup/{product}';

/** Milliseconds between two looks at the build-up. */
const EVERY = 5_000;

const MODES: readonly ModeName[] = [
  ['oi', 'Open interest'],
  ['change', 'Change'],
];

/** What changes can be measured from, by how many minutes ago that is. */
const WINDOWS: readonly (readonly [minutes: number, name: string])[] = [
  [0, 'previous close'],
  [15, '15 minutes ago'],
  [60, '1 hour ago'],
  [180, '3 hours ago'],
];

const MEANINGS =
  'Long build-up: price and open interest up. Short build-up: price down, open interest up. ' +
  'Long unwinding: both down. Short covering: price up, open interest down.';

/** What is counted now; of a window, only what the answer for it tells. */
function subjectOf(
  chain: EnrichedChain,
  buildup: OpenInterestBuildup | undefined,
  count: Count,
  minutes: number,
  format: ProductFormat,
): InterestSubject {
  if (count === 'open_interest' || minutes === 0) {
    return { chain, count, pairs: pairsOf(chain, count), since: 'since the previous close' };
  }
  return {
    chain,
    count,
    pairs: buildup === undefined ? [] : changesOf(buildup),
    since: buildup === undefined ? '' : baselineWords(buildup, format),
    timestamp: buildup?.timestamp,
  };
}

function drawn(subject: InterestSubject, format: ProductFormat) {
  const { chain, pairs, count } = subject;
  return {
    plan: { medium: 'echarts', option: interestOption(pairs, chain, count, format) } as const,
    table: interestTable(pairs, count, format),
    summary: interestSummary(pairs, count, format),
    figures: interestFigures(subject, format),
  };
}

/** Open interest and its change by strike: `<ds-open-interest product="NIFTY">`. */
@customElement('ds-open-interest')
export class OpenInterestScreen extends ProductScreen {
  static override styles = [ProductScreen.styles, choiceStyles, pairStyles];

  /** Changes are measured from so many minutes ago; from the previous close where it is 0. */
  @property({ type: Number, reflect: true, attribute: 'window-minutes' }) windowMinutes = 0;

  readonly #subject = remember(subjectOf);
  readonly #drawn = remember(drawn);
  readonly #buildupTable = remember(buildupTable);

  /** Shows the change, or all that is open. */
  toggleMode(): void {
    this.selectMode(this.#count === 'open_interest' ? 'change' : 'oi');
  }

  protected override render(): TemplateResult {
    const buildup = this.#buildup;
    return html`
      ${this.bar(this.modeButtons(MODES, 'What is counted', 'g'), this.#windows())}
      ${this.whenKnown(this.chain, (chain) => this.#content(chain, buildup))}
    `;
  }

  get #count(): Count {
    return this.mode === 'change' ? 'change_in_open_interest' : 'open_interest';
  }

  get #buildup(): Loadable<OpenInterestBuildup> {
    const { product, shownExpiry: expiry, windowMinutes: window_minutes } = this;
    return this.watch(
      { path: PATH, variables: { product }, query: { expiry, window_minutes } },
      EVERY,
    );
  }

  #content(chain: EnrichedChain, buildup: Loadable<OpenInterestBuildup>): TemplateResult {
    const { format, windowMinutes } = this;
    const subject = this.#subject(chain, valueOf(buildup), this.#count, windowMinutes, format);
    const { plan, table, summary, figures } = this.#drawn(subject, format);
    const isChange = subject.count === 'change_in_open_interest';
    return html`
      <ds-key-figures .figures=${figures}></ds-key-figures>
      <div class="pair">
        <ds-figure
          heading=${isChange ? 'Change in open interest by strike' : 'Open interest by strike'}
          subject=${subjectName(chain)}
          filename="${isChange ? 'oi-change' : 'open-interest'}-${chain.product}-${chain.expiry}"
          empty=${emptyWords(buildup)}
          .summary=${summary}
          .caption=${this.caption(
            subject.timestamp ?? chain.timestamp,
            `Counted in ${format.unit}${isChange ? `, ${subject.since}` : ''}. Open interest does not say ` +
              'who holds it: support and resistance are readings.',
          )}
          .plan=${plan}
          .table=${table}
        ></ds-figure>
        ${this.#buildupFigure(chain, buildup)}
      </div>
    `;
  }

  #buildupFigure(chain: EnrichedChain, answer: Loadable<OpenInterestBuildup>): TemplateResult {
    const buildup = valueOf(answer);
    const since = buildup === undefined ? '' : baselineWords(buildup, this.format);
    return html`
      <ds-figure
        heading="Build-up ${since}"
        subject=${subjectName(chain)}
        filename="build-up-${chain.product}-${chain.expiry}"
        empty=${emptyWords(answer)}
        .caption=${this.caption(buildup?.timestamp, MEANINGS)}
        .table=${buildup === undefined ? undefined : this.#buildupTable(buildup, this.format)}
      ></ds-figure>
    `;
  }

  #windows(): TemplateResult {
    const { windowMinutes } = this;
    const isListed = WINDOWS.some(([minutes]) => minutes === windowMinutes);
    const windows = isListed
      ? WINDOWS
      : [...WINDOWS, [windowMinutes, `${windowMinutes} minutes ago`] as const];
    return html`
      <label class="choice" title="What changes are measured from">
        Since
        <select class="control" @change=${this.#onWindow}>
          ${windows.map(
            ([minutes, name]) => html`
              <option value=${minutes} .selected=${minutes === windowMinutes}>${name}</option>
            `,
          )}
        </select>
      </label>
    `;
  }

  readonly #onWindow = (event: Event): void => {
    this.windowMinutes = Number((event.target as HTMLSelectElement).value);
  };
}

function subjectName({ product, expiry }: EnrichedChain): string {
  return `${product} · ${calendarDate(expiry)}`;
}

function emptyWords(buildup: Loadable<OpenInterestBuildup>): string {
  switch (buildup.state) {
    case 'loading':
      return 'Asking for the build-up…';
    case 'failed':
      return buildup.problem.message;
    case 'empty':
    case 'ready':
      return 'No strike is listed.';
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-open-interest': OpenInterestScreen;
  }
}
