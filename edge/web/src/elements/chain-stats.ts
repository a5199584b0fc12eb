import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { missingSentence } from '../contract/missing';
import type { EnrichedChain, PriceBasis } from '../contract/types';
import {
  age,
  calendarDate,
  direction,
  GLYPHS,
  MISSING,
  productFormat,
  remaining,
  type ProductFormat,
} from '../format';
import { ageOfChain } from '../state/age';
import { moveOver, type PriceTrail } from '../state/price-trail';
import { tokens } from '../styles/tokens';
import { statsStyles } from './chain-stats.styles';
import { MarketElement } from './market-element';
import { sparkline } from './sparkline';

const BASES: Readonly<Partial<Record<PriceBasis, string>>> = {
  PRICE_BASIS_MID: 'mid',
  PRICE_BASIS_LAST: 'last',
  PRICE_BASIS_MIXED: 'mid and last',
};

/** The figures of the chain as a whole, above its table. */
@customElement('ds-chain-stats')
export class ChainStats extends MarketElement {
  static override styles = [tokens, statsStyles];

  @property() product = '';

  /** The chain; absent while there is none. */
  @property({ attribute: false }) chain: EnrichedChain | undefined;

  protected override render(): TemplateResult {
    const { state } = this.market;
    const { chain } = this;
    const format = productFormat(state.product(this.product));
    const trail = state.trails.at(this.product).value;
    return html`
      <dl>
        ${this.#spot(trail, format)}
        ${stat('ATM strike', this.#figure('atm_strike', format.strike))}
        ${stat(
          'ATM straddle',
          this.#figure('atm_straddle_price', format.price),
          this.#straddleNote(format),
        )}
        ${stat('PCR OI', this.#figure('pcr_oi', format.ratio))}
        ${stat('PCR volume', this.#figure('pcr_volume', format.ratio))}
        ${stat('Max pain', this.#figure('max_pain_strike', format.strike), this.#painNote(format))}
        ${stat('Time to expiry', timeToExpiry(chain), chain && calendarDate(chain.expiry))}
        ${this.#freshness(format)}
      </dl>
    `;
  }

  #spot(trail: PriceTrail | undefined, format: ProductFormat): TemplateResult {
    const price = trail?.at(-1)?.price ?? this.chain?.spot_price;
    return html`
      <div class="spot">
        <dt>${this.product} spot</dt>
        <dd>${format.money(price)}</dd>
        <dd class="note">${trail === undefined ? nothing : moveNote(trail, format)}</dd>
        <dd class="picture">
          ${trail !== undefined && trail.length > 1 ? sparkline(trail) : nothing}
        </dd>
      </div>
    `;
  }

  /** A figure of the chain, or a dash that says why there is none. */
  #figure(
    field: 'atm_strike' | 'atm_straddle_price' | 'pcr_oi' | 'pcr_volume' | 'max_pain_strike',
    write: (value: number | undefined) => string,
  ): string | TemplateResult {
    const value = this.chain?.[field];
    if (this.chain === undefined || value != null) return write(value);
    const reason = this.chain.missing.find((missing) => missing.field === field)?.reason;
    return html`<span title=${missingSentence(reason)}>${MISSING}</span>`;
  }

  #straddleNote(format: ProductFormat): string | undefined {
    const { atm_straddle_price: straddle, spot_price: spot, atm_straddle_basis } = this.chain ?? {};
    if (straddle == null || spot == null) return undefined;
    const basis = BASES[atm_straddle_basis ?? 'PRICE_BASIS_UNSPECIFIED'];
    return `${format.percent(straddle / spot)} of spot${basis === undefined ? '' : `, ${basis}`}`;
  }

  #painNote(format: ProductFormat): string | undefined {
    const { max_pain_strike: strike, spot_price: spot } = this.chain ?? {};
    if (strike == null || spot == null) return undefined;
    return `${format.percentChange(strike / spot - 1)} from spot`;
  }

  #freshness(format: ProductFormat): TemplateResult {
    const elapsed = ageOfChain(this.chain, this.market.clock);
    const at = Date.parse(this.chain?.timestamp ?? '');
    return stat('Data age', age(elapsed), `as of ${format.time(at)}`);
  }
}

function stat(name: string, value: unknown, note?: string): TemplateResult {
  return html`
    <div>
      <dt>${name}</dt>
      <dd>${value}</dd>
      <dd class="note">${note ?? nothing}</dd>
    </div>
  `;
}

/** Measured from the chain's own time, so that it holds for a replay of last year too. */
function timeToExpiry(chain: EnrichedChain | undefined): string {
  const left = Date.parse(chain?.expires_at ?? '') - Date.parse(chain?.timestamp ?? '');
  return remaining(Number.isNaN(left) ? undefined : left);
}

function moveNote(trail: PriceTrail, format: ProductFormat): TemplateResult | typeof nothing {
  const move = moveOver(trail);
  const way = direction(move?.change);
  if (move === undefined || way === undefined) return nothing;
  const words = `${format.priceChange(move.change)} (${format.percentChange(move.fraction)})`;
  return html`<span class=${way} title="Since ${format.time(move.since)}"
    >${GLYPHS[way]} ${words}</span
  >`;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-chain-stats': ChainStats;
  }
}
