import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import {
  gammaOption,
  gammaSummary,
  gammaTable,
  profileOption,
  profileTable,
  type GammaView,
} from '../charts/gamma-exposure';
import type { GammaExposure } from '../contract/types';
import { ProductScreen, type ModeName } from '../elements/product-screen';
import { gammaFigures, gammaUnit } from '../explain/gamma-exposure';
import { calendarDate } from '../format/durations';
import type { ProductFormat } from '../format/product-format';
import type { Loadable } from '../state/loadable';
import { remember } from '../state/remember';
import { pairStyles } from '../styles/pair';

import '../elements/figure';
import '../elements/key-figures';

const PATH = '/api/analytics/gamma-exposure/{product}';

/** Milliseconds between two looks. */
const EVERY = 5_000;

const MODES: readonly ModeName[] = [
  ['net', 'Net'],
  ['parts', 'Calls and puts'],
];

const drawn = (answer: GammaExposure, view: GammaView, format: ProductFormat) => ({
  byStrike: { medium: 'echarts', option: gammaOption(answer, view, format) } as const,
  profile: { medium: 'echarts', option: profileOption(answer, format) } as const,
  table: gammaTable(answer, format),
  profileTable: profileTable(answer, format),
  summary: gammaSummary(answer, format),
  figures: gammaFigures(answer, format),
});

/** How much dealers must trade when the price moves: `<ds-gamma-exposure product="NIFTY">`. */
@customElement('ds-gamma-exposure')
export class GammaExposureScreen extends ProductScreen {
  static override styles = [ProductScreen.styles, pairStyles];

  readonly #drawn = remember(drawn);

  /** Shows calls and puts apart, or together. */
  toggleMode(): void {
    this.selectMode(this.#view === 'net' ? 'parts' : 'net');
  }

  protected override render(): TemplateResult {
    return html`
      ${this.bar(this.modeButtons(MODES, 'Exposure by strike', 'g'))}
      ${this.whenKnown(this.#answer, (answer) => this.#content(answer))}
    `;
  }

  get #view(): GammaView {
    return this.mode === 'parts' ? 'parts' : 'net';
  }

  get #answer(): Loadable<GammaExposure> {
    const { product, shownExpiry: expiry } = this;
    return this.watch({ path: PATH, variables: { product }, query: { expiry } }, EVERY);
  }

  #content(answer: GammaExposure): TemplateResult {
    const { byStrike, profile, table, profileTable, summary, figures } = this.#drawn(
      answer,
      this.#view,
      this.format,
    );
    const { product, expiry, timestamp, assumption } = answer;
    const subject = `${product} · ${calendarDate(expiry)}`;
    return html`
      <ds-key-figures .figures=${figures}></ds-key-figures>
      <div class="pair">
        <ds-figure
          heading="Gamma exposure by strike"
          subject=${subject}
          filename="gamma-exposure-${product}-${expiry}"
          empty="No strike is listed."
          .summary=${summary}
          .caption=${this.caption(timestamp, `${assumption} ${gammaUnit(answer)}`)}
          .plan=${byStrike}
          .table=${table}
        ></ds-figure>
        <ds-figure
          heading="Net gamma over prices"
          subject=${subject}
          filename="gamma-profile-${product}-${expiry}"
          empty="No option has a gamma, so there is no profile."
          .summary=${summary}
          .caption=${this.caption(
            timestamp,
            'Gamma is computed anew at each price; volatilities, open interest and time stay.',
          )}
          .plan=${profile}
          .table=${profileTable}
        ></ds-figure>
      </div>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-gamma-exposure': GammaExposureScreen;
  }
}
