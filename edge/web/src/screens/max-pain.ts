import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { painOption, painSummary, painTable } from '../charts/max-pain';
import type { MaxPain } from '../contract/types';
import { ProductScreen } from '../elements/product-screen';
import { painFigures, payoutConvention } from '../explain/max-pain';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import type { Loadable } from '../state/loadable';
import { remember } from '../state/remember';

import '../elements/figure';
import '../elements/key-figures';

const PATH = '/api/analytics/max-pain/{product}';

/** Milliseconds between two looks: open interest changes slowly. */
const EVERY = 5_000;

const drawn = (answer: MaxPain, format: ProductFormat) => ({
  plan: { medium: 'echarts', option: painOption(answer, format) } as const,
  table: painTable(answer, format),
  summary: painSummary(answer, format),
  figures: painFigures(answer, format),
});

/** What the holders of all options would be paid, by the price at expiry: `<ds-max-pain product="NIFTY">`. */
@customElement('ds-max-pain')
export class MaxPainScreen extends ProductScreen {
  readonly #drawn = remember(drawn);

  protected override render(): TemplateResult {
    return html`${this.bar()} ${this.whenKnown(this.#answer, (answer) => this.#content(answer))}`;
  }

  get #answer(): Loadable<MaxPain> {
    const { product, shownExpiry: expiry } = this;
    return this.watch({ path: PATH, variables: { product }, query: { expiry } }, EVERY);
  }

  #content(answer: MaxPain): TemplateResult {
    const { format } = this;
    const { plan, table, summary, figures } = this.#drawn(answer, format);
    const { product, expiry, timestamp } = answer;
    return html`
      <ds-key-figures .figures=${figures}></ds-key-figures>
      <ds-figure
        heading="Payout at expiry, by price"
        subject="${product} · ${calendarDate(expiry)}"
        filename="max-pain-${product}-${expiry}"
        empty="No strike is listed."
        .summary=${summary}
        .caption=${this.caption(
          timestamp,
          `Every open contract is taken to be held to expiry. ${payoutConvention(format)}`,
        )}
        .plan=${plan}
        .table=${table}
      ></ds-figure>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-max-pain': MaxPainScreen;
  }
}
