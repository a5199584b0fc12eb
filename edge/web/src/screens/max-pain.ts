import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { painOption, painTable } from '../charts/max-pain';
import type { MaxPain } from '../contract/types';
import { ProductScreen } from '../elements/product-screen';
import type { Loadable } from '../state/loadable';

import '../elements/figure';

const PATH = '/api/analytics/max-pain/{product}';

/** Milliseconds between two looks: open interest changes slowly. */
const EVERY = 5_000;

/** What the holders of all options would be paid, by the price at expiry: `<ds-max-pain product="NIFTY">`. */
@customElement('ds-max-pain')
export class MaxPainScreen extends ProductScreen {
  protected override render(): TemplateResult {
    return html`${this.bar()} ${this.whenKnown(this.#answer, (answer) => this.#figure(answer))}`;
  }

  get #answer(): Loadable<MaxPain> {
    const { product, shownExpiry: expiry } = this;
    return this.watch({ path: PATH, variables: { product }, query: { expiry } }, EVERY);
  }

  #figure(answer: MaxPain): TemplateResult {
    const { format } = this;
    const { product, expiry, max_pain_strike: strike, distance_pct } = answer;
    const where = `${format.strike(strike)}, ${format.percentChange(distance_pct)} from spot`;
    return html`
      <ds-figure
        heading="Payout at expiry, by price"
        filename="max-pain-${product}-${expiry}"
        .summary=${`The total payout is least at ${where}.`}
        .caption=${this.caption(
          answer.timestamp,
          'Assumes that every open contract is held to expiry; nothing is said about who holds it.',
        )}
        .plan=${{ medium: 'echarts', option: painOption(answer, format) }}
        .table=${painTable(answer, format)}
      ></ds-figure>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-max-pain': MaxPainScreen;
  }
}
