import { effect, signal } from '@preact/signals-core';
import { html, svg, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import { productFormat } from '../format';
import { valueOf } from '../state/loadable';
import { entryOf } from '../screens/directory';
import { formatPlace, parsePlace, type Place } from '../state/place';
import type { Preferences } from '../state/preferences';
import { controls, tokens } from '../styles/tokens';
import { appStyles } from './app.styles';
import type { HelpDialog } from './help-dialog';
import { MarketElement } from './market-element';
import { emptyNotice, noticeStyles, problemNotice } from './notice';
import type { ProductTabs } from './product-tabs';
import { commandOf, type Command } from './shortcuts';

import './connection-badge';
import './product-tabs';
import './screen-menu';
import './source-ribbon';

const LOGO = svg`
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path class="delta" d="M12 3.5 21.5 20.5H2.5Z" />
    <path class="wave" d="M5.2 15.6c2.3-2.8 4.5-2.8 6.8 0s4.5 2.8 6.8 0" />
  </svg>
`;

/** A screen as the dashboard sees it; not each of them understands each command. */
interface ScreenElement extends HTMLElement {
  server: string;
  product: string;
  expiry: string;
  mode: string;
  moveExpiry?: (step: number) => void;
  centre?: () => void;
  toggleMode?: () => void;
}

/** The dashboard: the bar with the products, and the screen of the one that is chosen. */
@customElement('ds-app')
export class App extends MarketElement {
  static override styles = [tokens, controls, noticeStyles, appStyles];

  @property({ attribute: false }) preferences!: Preferences;

  @query('ds-product-tabs') private readonly tabs!: ProductTabs | null;
  @query('ds-help-dialog') private readonly help!: HelpDialog | null;

  readonly #place = signal<Place>(parsePlace(location.hash));
  #screen: ScreenElement | undefined;
  #untitle: (() => void) | undefined;

  readonly #commands: Readonly<Record<Command, () => void>> = {
    'choose-product': () => this.tabs?.focus(),
    'previous-expiry': () => this.#screen?.moveExpiry?.(-1),
    'next-expiry': () => this.#screen?.moveExpiry?.(1),
    centre: () => this.#screen?.centre?.(),
    'toggle-mode': () => this.#screen?.toggleMode?.(),
    help: () => void this.#toggleHelp(),
  };

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('popstate', this.#onPopState);
    window.addEventListener('keydown', this.#onKey);
    this.#untitle = effect(() => {
      document.title = this.#title();
    });
  }

  override disconnectedCallback(): void {
    window.removeEventListener('popstate', this.#onPopState);
    window.removeEventListener('keydown', this.#onKey);
    this.#untitle?.();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { product, expiry } = this.#shown();
    return html`
      <ds-source-ribbon .server=${this.server}></ds-source-ribbon>
      <header class="top">
        <h1 class="brand">${LOGO} DeltaStream</h1>
        <ds-product-tabs
          .server=${this.server}
          .selected=${product}
          @ds-select-product=${this.#onProduct}
        ></ds-product-tabs>
        <div class="tools">
          <ds-connection-badge
            .server=${this.server}
            .product=${product}
            .expiry=${expiry}
          ></ds-connection-badge>
          ${this.#themeButton()}
          <button class="control" title="Help  ?" aria-label="Help" @click=${this.#commands.help}>
            ?
          </button>
        </div>
      </header>
      <ds-screen-menu .place=${{ ...this.#place.value, product, expiry }}></ds-screen-menu>
      <main @ds-select-expiry=${this.#onExpiry} @ds-select-mode=${this.#onMode}>
        ${this.#content(product)}
      </main>
      <ds-help-dialog .shortcuts=${this.preferences.shortcuts}></ds-help-dialog>
    `;
  }

  /** Once it is known what is shown, the address says so: it can be copied as it stands. */
  protected override updated(): void {
    const { product, expiry } = this.#shown();
    if (expiry === '') return;
    const address = formatPlace({ ...this.#place.peek(), product, expiry });
    if (address !== location.hash) history.replaceState(null, '', address);
  }

  #content(product: string): TemplateResult {
    const { value: products } = this.market.state.products;
    if (product !== '') return html`${this.#screenOf(product)}`;
    if (products.state === 'failed') return problemNotice(products.problem);
    if (products.state === 'loading') return html``;
    return emptyNotice('No product has data yet', 'The first one is shown as soon as it arrives.');
  }

  /** The screen of the place, told what to show. It is drawn as soon as it has been fetched. */
  #screenOf(product: string): ScreenElement {
    const { screen: name, expiry = '', mode = '' } = this.#place.value;
    const { tag, load } = entryOf(name);
    let screen = this.#screen;
    if (screen?.localName !== tag) {
      screen = document.createElement(tag) as ScreenElement;
      this.#screen = screen;
      void load();
    }
    return Object.assign(screen, { server: this.server, product, expiry, mode });
  }

  #themeButton(): TemplateResult {
    const { theme } = this.preferences;
    const other = theme.value === 'dark' ? 'light' : 'dark';
    const name = `Switch to the ${other} theme`;
    return html`
      <button
        class="control"
        title=${name}
        aria-label=${name}
        @click=${() => {
          theme.value = other;
        }}
      >
        ${other === 'light' ? '☀' : '☾'}
      </button>
    `;
  }

  #shown(): { readonly product: string; readonly expiry: string } {
    const { state, clock } = this.market;
    const { product: wanted, expiry = '' } = this.#place.value;
    const product = wanted ?? valueOf(state.products.value)?.[0]?.symbol ?? '';
    return { product, expiry: state.expiryToShow(product, expiry, clock.now()) ?? '' };
  }

  #title(): string {
    const { state } = this.market;
    const { product } = this.#shown();
    const price = state.trails.at(product).value?.at(-1)?.price;
    const format = productFormat(state.product(product));
    return price === undefined ? 'DeltaStream' : `${product} ${format.price(price)} · DeltaStream`;
  }

  /** Help is fetched when it is first wanted. */
  async #toggleHelp(): Promise<void> {
    await import('./help-dialog');
    await this.help?.updateComplete;
    this.help?.toggle();
  }

  #go(place: Place): void {
    history.pushState(null, '', formatPlace(place));
    this.#place.value = place;
  }

  readonly #onProduct = (event: CustomEvent<string>): void => {
    const { screen, mode } = this.#place.peek();
    this.#go({ screen, product: event.detail, ...(mode && { mode }) });
  };

  readonly #onExpiry = (event: CustomEvent<string>): void => {
    this.#go({ ...this.#place.peek(), product: this.#shown().product, expiry: event.detail });
  };

  readonly #onMode = (event: CustomEvent<string>): void => {
    this.#go({ ...this.#place.peek(), mode: event.detail });
  };

  readonly #onPopState = (): void => {
    this.#place.value = parsePlace(location.hash);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const command = this.preferences.shortcuts.peek() ? commandOf(event) : undefined;
    if (command === undefined) return;
    event.preventDefault();
    this.#commands[command]();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'ds-app': App;
  }
}
