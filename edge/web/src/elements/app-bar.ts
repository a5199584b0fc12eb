/** The bar across the top of the dashboard: the products, and what else there is to press. */
import { html, svg, type TemplateResult } from 'lit';

import type { SessionState } from '../session/session-state';
import type { Preferences } from '../state/preferences';
import { accountButton } from './app-session';
import { themeButton } from './theme-button';
import { toolButton } from './tool-button';

import './connection-badge';
import './product-tabs';

const LOGO = svg`
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path class="delta" d="M12 3.5 21.5 20.5H2.5Z" />
    <path class="wave" d="M5.2 15.6c2.3-2.8 4.5-2.8 6.8 0s4.5 2.8 6.8 0" />
  </svg>
`;

/** What the bar shows, and what its buttons do. */
export interface AppBar {
  readonly server: string;
  readonly product: string;
  readonly expiry: string;
  readonly preferences: Preferences;
  readonly session: SessionState;
  readonly show: (event: CustomEvent<string>) => void;
  readonly findProduct: () => void;
  readonly openSettings: () => void;
  readonly openAccount: () => void;
  readonly toggleHelp: () => void;
}

/** The bar. */
export function appBar(bar: AppBar): TemplateResult {
  const { server, product, expiry } = bar;
  return html`
    <header class="top">
      <h1 class="brand">${LOGO}<span class="brand-name">DeltaStream</span></h1>
      <ds-product-tabs
        .server=${server}
        .selected=${product}
        @ds-select-product=${bar.show}
      ></ds-product-tabs>
      <div class="tools">
        <ds-connection-badge
          .server=${server}
          .product=${product}
          .expiry=${expiry}
        ></ds-connection-badge>
        ${toolButton({ sign: '⌕', name: 'Find a product', key: '/', press: bar.findProduct })}
        ${themeButton(bar.preferences)}
        ${toolButton({ sign: '⚙', name: 'Settings', press: bar.openSettings })}
        ${accountButton(bar.session, bar.openAccount)}
        ${toolButton({ sign: '?', name: 'Help', key: '?', press: bar.toggleHelp })}
      </div>
    </header>
  `;
}
