import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { age } from '../format/durations';
import { valueOf } from '../state/loadable';
import { ageOfChain } from '../state/age';
import { freshnessOf, type Freshness } from '../state/freshness';
import { tokens } from '../styles/tokens';
import { MarketElement } from './market-element';

/** The words of each state, its mark, and how loudly it speaks. */
const STATES: Readonly<Record<Freshness, readonly [string, string, 'good' | 'quiet' | 'loud']>> = {
  connecting: ['Connecting', '◌', 'quiet'],
  live: ['Live', '●', 'good'],
  reconnecting: ['Reconnecting', '◌', 'loud'],
  refused: ['Not connected', '✕', 'loud'],
  stale: ['Stale', '◐', 'loud'],
  closed: ['Market closed', '○', 'quiet'],
  ended: ['Replay ended', '■', 'quiet'],
};

const SIGNED_OUT = ['Signed out', '⊘', 'loud'] as const;

/** Whether what the page shows is of now, in one word and a mark. */
@customElement('ds-connection-badge')
export class ConnectionBadge extends MarketElement {
  static override styles = [
    tokens,
    css`
      :host {
        display: inline-block;
      }

      p {
        display: flex;
        gap: 6px;
        align-items: center;
        margin: 0;
        color: var(--muted);
        font-size: 12px;
        line-height: 15px;
        white-space: nowrap;
      }

      .mark {
        font-size: 11px;
      }

      .good .mark {
        color: var(--up);
      }

      .loud {
        color: var(--notice);
      }

      /* It changes with every chain, so it is laid out alone, and nothing around it. */
      .age {
        position: relative;
        width: 40px;
        height: 15px;
      }

      .age > span {
        position: absolute;
        inset: 0;
        contain: size layout;
      }

      @media (prefers-reduced-motion: no-preference) {
        .reconnecting .mark,
        .connecting .mark {
          animation: turn 1.2s linear infinite;
        }
      }

      @keyframes turn {
        to {
          rotate: 360deg;
        }
      }
    `,
  ];

  /** Which product's and expiry's data the age is of. */
  @property() product = '';
  @property() expiry = '';

  protected override render(): TemplateResult {
    const { state, clock } = this.market;
    const elapsed = ageOfChain(valueOf(state.chains.at(this.product, this.expiry).value), clock);
    const freshness = freshnessOf(state.connection.value, valueOf(state.feed.value), elapsed);
    const isSignedOut = state.locked.value !== undefined;
    const [words, mark, volume] = isSignedOut ? SIGNED_OUT : STATES[freshness];
    const connection = state.connection.value;
    const hasAge = !isSignedOut && elapsed !== undefined;
    return html`
      <p
        class="${freshness} ${volume}"
        title=${connection.phase === 'refused' ? connection.message : 'Age of the newest chain'}
      >
        <span class="mark" aria-hidden="true">${mark}</span>
        <span role="status">${words}</span>
        ${hasAge ? html`<span class="age"><span>${age(elapsed)}</span></span>` : nothing}
      </p>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-connection-badge': ConnectionBadge;
  }
}
