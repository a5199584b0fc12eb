import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import type { EnrichedChain } from '../contract/types';
import { explainChain, type ChainFigure } from '../explain/chain-figures';
import { explainAge } from '../explain/data-age';
import { explain, type Explanation } from '../explain/explanation';
import { explainMove, explainSpot } from '../explain/spot';
import { basisName, forwardName, type ChainSubject } from '../explain/subject';
import { MISSING } from '../format/absent';
import { direction, GLYPHS } from '../format/direction';
import { calendarDate } from '../format/durations';
import { productFormat } from '../format/product-format';
import { ageOfChain } from '../state/age';
import { moveOver, type PriceTrail } from '../state/price-trail';
import { tokens } from '../styles/tokens';
import { statsStyles } from './chain-stats.styles';
import { MarketElement } from './market-element';
import { sparkline } from './sparkline';

/** The figures of the chain itself, as they stand, and what is said under them. */
const FIGURES: readonly (readonly [
  name: string,
  figure: ChainFigure,
  note?: (subject: ChainSubject) => string | undefined,
])[] = [
  ['Forward', 'forward', ({ chain }) => forwardName(chain)],
  ['ATM strike', 'atm_strike'],
  ['ATM straddle', 'atm_straddle_price', straddleNote],
  ['Expected move', 'expected_move', moveNote],
  ['ATM IV', 'atm_iv', ({ chain }) => basisName(chain.price_basis)],
  ['PCR OI', 'pcr_oi'],
  ['PCR volume', 'pcr_volume'],
  ['Max pain', 'max_pain_strike', painNote],
  ['Time to expiry', 'years_to_expiry', ({ chain }) => calendarDate(chain.expiry)],
];

/** The figures of the chain as a whole, above its table. A click on one fires `ds-explain`. */
@customElement('ds-chain-stats')
export class ChainStats extends MarketElement {
  static override styles = [tokens, statsStyles];

  @property() product = '';

  /** The chain; absent while there is none. */
  @property({ attribute: false }) chain: EnrichedChain | undefined;

  /** Recent prices of the underlying; absent while there is none. */
  @property({ attribute: false }) trail: PriceTrail | undefined;

  protected override render(): TemplateResult {
    const product = this.market.state.product(this.product);
    const { chain } = this;
    const subject = chain && { chain, product, format: productFormat(product) };
    return html`
      <dl>
        ${this.#spot(subject)}
        ${FIGURES.map(([name, figure, note]) =>
          this.#stat(name, subject && explainChain(figure, subject), subject && note?.(subject)),
        )}
        ${this.#freshness(subject)}
      </dl>
    `;
  }

  #spot(subject: ChainSubject | undefined): TemplateResult {
    const { trail } = this;
    return html`
      <div class="spot">
        <dt id="spot">${this.product} spot</dt>
        <dd>${this.#figure('spot', subject && explainSpot(trail, subject))}</dd>
        <dd class="note">${subject === undefined ? nothing : this.#move(subject)}</dd>
        <dd class="picture">
          ${trail !== undefined && trail.length > 1 ? sparkline(trail) : nothing}
        </dd>
      </div>
    `;
  }

  /** How far the price has come since the oldest that this page has. */
  #move(subject: ChainSubject): TemplateResult | typeof nothing {
    const move = this.trail && moveOver(this.trail);
    const way = direction(move?.change);
    if (move === undefined || way === undefined) return nothing;
    const explanation = explainMove(this.trail, subject);
    return html`
      <button
        class=${way}
        title="Since ${subject.format.time(move.since)}"
        @click=${() => {
          explain(this, explanation);
        }}
      >
        ${GLYPHS[way]} ${explanation.value}
      </button>
    `;
  }

  #freshness(subject: ChainSubject | undefined): TemplateResult {
    const elapsed = ageOfChain(this.chain, this.market.clock);
    const at = Date.parse(this.chain?.timestamp ?? '');
    return this.#stat(
      'Data age',
      subject && explainAge(elapsed, subject),
      subject && `as of ${subject.format.time(at)}`,
    );
  }

  #stat(name: string, explanation: Explanation | undefined, note?: string): TemplateResult {
    const id = name.replaceAll(' ', '-');
    return html`
      <div>
        <dt id=${id}>${name}</dt>
        <dd>${this.#figure(id, explanation)}</dd>
        <dd class="note">${note ?? nothing}</dd>
      </div>
    `;
  }

  /** A figure is a button that its name labels; a dash until there is a chain to explain. */
  #figure(name: string, explanation: Explanation | undefined): string | TemplateResult {
    if (explanation === undefined) return MISSING;
    return html`
      <button
        id="${name}-figure"
        aria-labelledby="${name} ${name}-figure"
        title=${explanation.missing ?? 'Explain this number'}
        @click=${() => {
          explain(this, explanation);
        }}
      >
        ${explanation.value}
      </button>
    `;
  }
}

function straddleNote({ chain, format }: ChainSubject): string | undefined {
  const { atm_straddle_price: straddle, spot_price: spot } = chain;
  if (straddle == null || spot == null) return undefined;
  const basis = basisName(chain.atm_straddle_basis);
  return `${format.percent(straddle / spot)} of spot${basis === undefined ? '' : `, ${basis}`}`;
}

function moveNote({ chain, format }: ChainSubject): string | undefined {
  const { expected_move: move, forward } = chain;
  if (move == null || forward == null) return undefined;
  return `±${format.percent(move / forward)}`;
}

function painNote({ chain, format }: ChainSubject): string | undefined {
  const { max_pain_strike: strike, spot_price: spot } = chain;
  if (strike == null || spot == null) return undefined;
  return `${format.percentChange(strike / spot - 1)} from spot`;
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-chain-stats': ChainStats;
  }
}
