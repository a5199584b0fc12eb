import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import { smileOf, smileOption, smileTable, type Smile } from '../charts/smile';
import { termOption, termTable } from '../charts/term';
import type { ImpliedVolatilityRank, VolatilitySurface } from '../contract/types';
import type { ModeName } from '../elements/product-screen';
import { arbitrageName, percentOf, smileFigures } from '../explain/smile';
import { maturityFigures } from '../explain/surface';
import { calendarDate } from '../format/durations';
import { valueOf } from '../state/loadable';
import { VolatilityScreen } from './volatility-screen';

import '../elements/figure';
import '../elements/key-figures';

const MODES: readonly ModeName[] = [
  ['smile', 'Smile'],
  ['term', 'Term structure'],
];

/** Implied volatility by strike, or at the money by expiry: `<ds-smile product="NIFTY">`. */
@customElement('ds-smile')
export class SmileScreen extends VolatilityScreen {
  protected override render(): TemplateResult {
    return html`
      ${this.bar(this.modeButtons(MODES, 'Smile or term structure'))}
      ${this.mode === 'term' ? this.#term() : this.#smile()}
    `;
  }

  #smile(): TemplateResult {
    const { fitted } = this;
    return this.whenKnown(this.chain, (chain) => this.#smileFigure(smileOf(chain, fitted)));
  }

  #term(): TemplateResult {
    const rank = valueOf(this.rank);
    return this.whenKnown(this.fitted, ({ surface }) => this.#termFigure(surface, rank));
  }

  #smileFigure(smile: Smile): TemplateResult {
    const { format } = this;
    const { chain } = smile;
    return html`
      <ds-key-figures .figures=${smileFigures(smile, format)}></ds-key-figures>
      <ds-figure
        heading="Implied volatility by strike"
        subject="${chain.product} ${calendarDate(chain.expiry)}"
        filename="smile-${chain.product}-${chain.expiry}"
        empty="No strike has an implied volatility yet."
        .summary=${summaryOf(smile, percentOf(chain.atm_iv, format))}
        .caption=${this.caption(chain.timestamp, this.#assumption(smile))}
        .plan=${{ medium: 'echarts', option: smileOption(smile, format) }}
        .table=${smileTable(smile, format)}
      ></ds-figure>
    `;
  }

  #assumption({ chain, slice, unfitted }: Smile): string {
    const quotes =
      chain.convention === 'PRICING_CONVENTION_NSE'
        ? 'Each option speaks for itself'
        : 'The option that is out of the money speaks for its strike';
    if (slice === undefined) return `${quotes}. ${unfitted}.`;
    const at = this.format.time(Date.parse(slice.timestamp ?? ''));
    return `${quotes}; fitted to quotes of ${at}, within them only.`;
  }

  #termFigure(surface: VolatilitySurface, rank: ImpliedVolatilityRank | undefined): TemplateResult {
    const { format } = this;
    return html`
      <ds-key-figures .figures=${maturityFigures(surface, rank, format)}></ds-key-figures>
      <ds-figure
        heading="Volatility at the money by expiry"
        subject=${surface.product}
        filename="term-structure-${surface.product}"
        empty="No expiry has an implied volatility yet."
        .summary=${termSummary(surface, (iv) => percentOf(iv, format))}
        .caption=${this.caption(
          surface.timestamp,
          'At the forward of each expiry; 30 days ahead by interpolation in total variance, never beyond the expiries.',
        )}
        .plan=${{ medium: 'echarts', option: termOption(surface, format) }}
        .table=${termTable(surface, format)}
      ></ds-figure>
    `;
  }
}

function summaryOf({ slice }: Smile, atTheMoney: string): string {
  const level = `Implied volatility by strike; ${atTheMoney} at the money.`;
  return slice === undefined ? level : `${level} Arbitrage in the fit: ${arbitrageName(slice)}.`;
}

function termSummary(
  { expiries }: VolatilitySurface,
  write: (iv: number | undefined) => string,
): string {
  const [first] = expiries;
  const last = expiries.at(-1);
  if (first === undefined || last === undefined) return 'No expiry is quoted.';
  return (
    `At the money from ${write(first.atm_iv)} (${calendarDate(first.expiry)}) ` +
    `to ${write(last.atm_iv)} (${calendarDate(last.expiry)}).`
  );
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-smile': SmileScreen;
  }
}
