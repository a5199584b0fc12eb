import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';

import type { FeedStatus } from '../contract/types';
import { MISSING } from '../format/absent';
import { valueOf } from '../state/loadable';
import { tokens } from '../styles/tokens';
import { MarketElement } from './market-element';

/** What the ribbon says, by the kind of the source. A live source needs no ribbon. */
const NOTICES: Readonly<Partial<Record<FeedStatus['source'], readonly [string, string]>>> = {
  SOURCE_KIND_SYNTHETIC: ['Simulated', 'These prices are generated and come from no exchange.'],
  SOURCE_KIND_REPLAY: ['Replay', 'Recorded data, played again. These prices are past.'],
};

/** Where the figures come from, in a word or two. */
export function sourceName(feed: FeedStatus | undefined): string {
  return feed === undefined ? MISSING : (NOTICES[feed.source]?.[0] ?? feed.description);
}

/** Says across the page that what it shows is not a live market. */
@customElement('ds-source-ribbon')
export class SourceRibbon extends MarketElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: block;
      }

      aside {
        display: flex;
        gap: 10px;
        align-items: center;
        margin: 0;
        padding: 5px 16px;
        overflow: hidden;
        background: var(--notice-wash);
        color: var(--notice);
        font-size: 12px;
        line-height: 18px;
        white-space: nowrap;
      }

      strong {
        font-size: 11px;
        font-weight: 700;
        letter-spacing: 0.1em;
        text-transform: uppercase;
      }

      span {
        overflow: hidden;
        text-overflow: ellipsis;
      }

      .source {
        flex: 0 1 auto;
        margin-left: auto;
      }

      @media (width < 720px) {
        .source {
          display: none;
        }
      }
    `,
  ];

  protected override render(): TemplateResult | typeof nothing {
    const feed = valueOf(this.market.state.feed.value);
    const notice = feed && NOTICES[feed.source];
    if (feed === undefined || notice === undefined) return nothing;
    const [kind, sentence] = notice;
    return html`
      <aside aria-label="Source of the data">
        <strong>${kind}</strong><span>${sentence}</span>
        <span class="source">${feed.description}</span>
      </aside>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-source-ribbon': SourceRibbon;
  }
}
