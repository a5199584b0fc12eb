import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { entryOf } from '../screens/directory';
import { formatPlace, SCREENS, type Place } from '../state/place';
import { tokens } from '../styles/tokens';

/** The screens as links, each to the product and expiry that are shown. */
@customElement('ds-screen-menu')
export class ScreenMenu extends LitElement {
  static override styles = [
    tokens,
    css`
      nav {
        display: flex;
        gap: 2px;
        padding: 0 8px;
        overflow-x: auto;
        border-bottom: 1px solid var(--line);
        background: var(--surface);
        scrollbar-width: none;
      }

      a {
        padding: 9px 10px 8px;
        border-bottom: 2px solid transparent;
        color: var(--muted);
        font-size: 13px;
        line-height: 16px;
        text-decoration: none;
        white-space: nowrap;
      }

      a:hover {
        color: var(--text);
      }

      a:focus-visible {
        outline-offset: -3px;
        border-radius: var(--radius);
      }

      a[aria-current] {
        border-bottom-color: var(--accent);
        color: var(--text);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) place!: Place;

  protected override render(): TemplateResult {
    const { screen: current, product, expiry } = this.place;
    const where = { ...(product && { product }), ...(expiry && { expiry }) };
    return html`
      <nav aria-label="Screens">
        ${SCREENS.map(
          (screen) => html`
            <a
              href=${formatPlace({ screen, ...where })}
              aria-current=${screen === current ? 'page' : nothing}
            >
              ${entryOf(screen).name}
            </a>
          `,
        )}
      </nav>
    `;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-screen-menu': ScreenMenu;
  }
}
