import { html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { latencyOption, latencyTable } from '../charts/latency';
import { milliseconds } from '../format/durations';
import type { EnrichmentStatus, FeedStatus } from '../contract/types';
import { ProductScreen } from '../elements/product-screen';
import { wantsCredentials, type Problem } from '../rest/problem';
import { followTime } from '../state/heartbeat';
import { valueOf } from '../state/loadable';
import { bySecond, journeysOf } from '../state/latency';
import { remember } from '../state/remember';
import { systemStyles } from './system.styles';
import { connectionLines, sourceLines, type Line } from './system-lines';
import { deadLetterTable, latencyPercentiles, productTable } from './system-tables';

import '../elements/figure';

/** Milliseconds between two looks at what REST tells. */
const EVERY = 2_000;

/** Seconds that the chart shows. */
const SECONDS = 60;

const drawn = (seconds: ReturnType<typeof bySecond>) => ({
  plan: { medium: 'echarts', option: latencyOption(seconds, milliseconds) } as const,
  table: latencyTable(seconds, milliseconds),
});

/** How the mesh is, as far as a page can tell: `<ds-system product="NIFTY">`. */
@customElement('ds-system')
export class SystemScreen extends ProductScreen {
  static override styles = [ProductScreen.styles, systemStyles];

  readonly #drawn = remember(drawn);
  readonly #seconds = remember((_second: number, now: number) => {
    const { arrivals, clock } = this.market;
    return bySecond(journeysOf(arrivals.recent(), clock.offset), now, SECONDS);
  });

  protected override render(): TemplateResult {
    followTime();
    const feed = this.market.state.feed.value;
    const enrichment = this.watch({ path: '/api/enrichment/status' }, EVERY);
    return html`
      <div class="content" tabindex="0" role="region" aria-label="System">
        <div class="cards">
          ${this.#card('Source', sourceLines(feed, valueOf(enrichment)))}
          ${this.#card('This page', connectionLines(this.market))}
        </div>
        ${this.#notices(valueOf(feed))} ${this.#latency()}
        ${this.#products(valueOf(feed), valueOf(enrichment))}
        ${enrichment.state === 'failed' ? failure('Enrichment', enrichment.problem) : nothing}
        ${this.#deadLetters(valueOf(enrichment))}
      </div>
    `;
  }

  #card(heading: string, lines: readonly Line[]): TemplateResult {
    return html`
      <section class="card">
        <h2>${heading}</h2>
        <dl>
          ${lines.map(
            ([name, value, title]) =>
              html`<dt title=${title ?? nothing}>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
      </section>
    `;
  }

  #notices(feed: FeedStatus | undefined): TemplateResult | typeof nothing {
    const notices = feed?.notices ?? [];
    if (notices.length === 0) return nothing;
    return html`<ul class="notices" aria-label="Notices of the feed">
      ${notices.map((notice) => html`<li>${notice}</li>`)}
    </ul>`;
  }

  #latency(): TemplateResult {
    const { arrivals, clock } = this.market;
    const now = performance.timeOrigin + performance.now();
    const journeys = journeysOf(arrivals.recent(), clock.offset);
    const { plan, table } = this.#drawn(this.#seconds(Math.floor(now / 1000), now));
    const bound = milliseconds(Number.isFinite(clock.uncertainty) ? clock.uncertainty : undefined);
    return html`
      <section>
        <h2>Tick to screen, chains of the last minute</h2>
        ${latencyPercentiles(journeys)}
        <ds-figure
          heading="Time under way, by second"
          subject=${this.product}
          filename="latency-${this.product}"
          empty="No chain has arrived within the last minute."
          .summary=${`Medians and the slowest chain of each of the last ${SECONDS} seconds.`}
          .caption=${`From the instant at which the feed published a chain to the end of the frame that drew it. Mesh compares two clocks: it may be off by ${bound} either way. Page is by this computer’s clock alone.`}
          .plan=${journeys.length > 0 ? plan : undefined}
          .table=${table}
        ></ds-figure>
      </section>
    `;
  }

  #products(
    feed: FeedStatus | undefined,
    enrichment: EnrichmentStatus | undefined,
  ): TemplateResult | typeof nothing {
    if (feed === undefined) return nothing;
    return html`
      <section>
        <h2>Products</h2>
        ${productTable(feed, enrichment)}
      </section>
    `;
  }

  #deadLetters(enrichment: EnrichmentStatus | undefined): TemplateResult {
    const count = enrichment?.dead_letters;
    return html`
      <section>
        <h2>Dead letters${count === undefined ? '' : `: ${count}`}</h2>
        <p>
          Events that enrichment gave up after repeated tries. They wait to be replayed or purged.
        </p>
        ${count === undefined || count === '0' ? nothing : this.#deadLetterList()}
      </section>
    `;
  }

  /** The letters themselves are asked for only where there are any. */
  #deadLetterList(): TemplateResult {
    const letters = this.watch(
      { path: '/api/admin/dead-letters', query: { page_size: 50 } },
      EVERY * 5,
    );
    if (letters.state === 'failed') return lettersRefused(letters.problem);
    const list = valueOf(letters)?.dead_letters ?? [];
    return deadLetterTable(list, this.format);
  }
}

/** Who may not read the letters is told who may. */
function lettersRefused(problem: Problem): TemplateResult {
  if (wantsCredentials(problem)) {
    return html`<p class="refused">Administrators can read them here: sign in as one.</p>`;
  }
  if (problem.reason !== 'ROLE_INSUFFICIENT') return failure('The list', problem);
  return html`<p class="refused">
    Only administrators can read them, and your account is none. An administrator can make it one.
  </p>`;
}

function failure(what: string, { message, requestId }: Problem): TemplateResult {
  return html`<p class="refused" role="alert">
    ${what}: ${message}
    ${requestId === undefined ? nothing : html`<code>request ${requestId}</code>`}
  </p>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-system': SystemScreen;
  }
}
