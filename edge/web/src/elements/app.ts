import { effect, signal } from '@preact/signals-core';
import { html, svg, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import { calendarDate, productFormat } from '../format';
import { valueOf } from '../state/loadable';
import { entryOf } from '../screens/directory';
import { SessionDoor } from '../session/session-door';
import { formatPlace, parsePlace, type Place } from '../state/place';
import type { Preferences } from '../state/preferences';
import { controls, tokens } from '../styles/tokens';
import { appStyles } from './app.styles';
import type { AccountDialog } from './account-dialog';
import type { HelpDialog } from './help-dialog';
import { MarketElement } from './market-element';
import { accountButton, signInInPlace } from './app-session';
import { emptyNotice, noticeStyles, problemNotice, strayNotice, type WayOut } from './notice';
import type { ProductSearch } from './product-search';
import type { SettingsDialog } from './settings-dialog';
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

const PREFERS_DARK = '(prefers-color-scheme: dark)';

/** A screen as the dashboard sees it; not each of them understands each command. */
interface ScreenElement extends HTMLElement {
  server: string;
  product: string;
  expiry: string;
  mode: string;
  moveExpiry?: (step: number) => void;
  centre?: () => void;
  toggleMode?: () => void;
  chooseColumns?: () => void;
  togglePause?: () => void;
}

/** The dashboard: the bar with the products, and the screen of the one that is chosen. */
@customElement('ds-app')
export class App extends MarketElement {
  static override styles = [tokens, controls, noticeStyles, appStyles];

  @property({ attribute: false }) preferences!: Preferences;

  @query('ds-product-search') private readonly search!: ProductSearch;
  @query('ds-account-dialog') private readonly account!: AccountDialog;
  @query('ds-settings') private readonly settings!: SettingsDialog;
  @query('ds-help-dialog') private readonly help!: HelpDialog;

  readonly #place = signal<Place>(parsePlace(location.hash));
  #screen: ScreenElement | undefined;
  #door: SessionDoor | undefined;
  #end: (() => void) | undefined;

  readonly #commands: Readonly<Record<Command, () => void>> = {
    'choose-product': () => void this.#openSearch(),
    'previous-expiry': () => this.#screen?.moveExpiry?.(-1),
    'next-expiry': () => this.#screen?.moveExpiry?.(1),
    centre: () => this.#screen?.centre?.(),
    'toggle-mode': () => this.#screen?.toggleMode?.(),
    'choose-columns': () => this.#screen?.chooseColumns?.(),
    pause: () => this.#screen?.togglePause?.(),
    help: () => void this.#toggleHelp(),
  };

  override connectedCallback(): void {
    // Whoever is signed in is so before the first request.
    this.market.credentials = this.#sessionDoor;
    super.connectedCallback();
    const unwatch = this.#sessionDoor.watch();
    window.addEventListener('popstate', this.#onPopState);
    window.addEventListener('keydown', this.#onKey);
    const untitle = effect(() => {
      document.title = this.#title();
    });
    this.#end = () => {
      unwatch();
      untitle();
    };
  }

  override disconnectedCallback(): void {
    window.removeEventListener('popstate', this.#onPopState);
    window.removeEventListener('keydown', this.#onKey);
    this.#end?.();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { product, expiry } = this.#shown();
    return html`
      <ds-source-ribbon .server=${this.server}></ds-source-ribbon>
      <header class="top">
        <h1 class="brand">${LOGO}<span class="brand-name">DeltaStream</span></h1>
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
          <button
            class="control"
            title="Find a product  /"
            aria-label="Find a product"
            @click=${this.#commands['choose-product']}
          >
            ⌕
          </button>
          ${this.#themeButton()}
          <button
            class="control"
            title="Settings"
            aria-label="Settings"
            @click=${() => void this.#openSettings()}
          >
            ⚙
          </button>
          ${accountButton(this.#sessionDoor.state.value, () => void this.#openAccount())}
          <button class="control" title="Help  ?" aria-label="Help" @click=${this.#commands.help}>
            ?
          </button>
        </div>
      </header>
      <ds-screen-menu .place=${{ ...this.#place.value, product, expiry }}></ds-screen-menu>
      <main @ds-select-expiry=${this.#onExpiry} @ds-select-mode=${this.#onMode}>
        ${this.#content(product)}
      </main>
      <ds-help-dialog .keys=${this.preferences.keys}></ds-help-dialog>
      <ds-settings .preferences=${this.preferences}></ds-settings>
      <ds-account-dialog .door=${this.#sessionDoor}></ds-account-dialog>
      <ds-product-search
        .server=${this.server}
        @ds-select-product=${this.#onProduct}
      ></ds-product-search>
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
    const { locked, products: known } = this.market.state;
    if (locked.value !== undefined) return signInInPlace(this.#sessionDoor, product);
    const stray = this.#strayed(product);
    if (stray !== undefined) return stray;
    const { value: products } = known;
    if (product !== '') return html`${this.#screenOf(product)}`;
    if (products.state === 'failed') return problemNotice(products.problem);
    if (products.state === 'loading') return html``;
    return emptyNotice('No product has data yet', 'The first one is shown as soon as it arrives.');
  }

  /** What to say, and where to go from there, when a link leads to what is not there. */
  #strayed(product: string): TemplateResult | undefined {
    const { state } = this.market;
    const products = valueOf(state.products.value);
    const ways: readonly WayOut[] = [
      ['Find a product', this.#commands['choose-product']],
      ...(products ?? []).slice(0, 3).map(({ symbol }): WayOut => [
        `Show ${symbol}`,
        () => {
          this.#show(symbol);
        },
      ]),
    ];
    if (products !== undefined && product !== '' && state.product(product) === undefined) {
      const sentence = 'Its screens are shown as soon as its first event arrives.';
      return strayNotice(`No product ${product} is known`, sentence, ways);
    }
    const { screen, expiry } = this.#place.value;
    const expiries = valueOf(state.expiries.at(product).value);
    if (expiry === undefined || expiries === undefined || expiries.includes(expiry)) return;
    if (entryOf(screen).isOfProduct === true) return;
    const nearest: WayOut = [
      'Show the nearest expiry',
      () => {
        this.#show(product);
      },
    ];
    const title = `${product} has no expiry on ${calendarDate(expiry)}`;
    return strayNotice(title, 'Its options expire on other days.', [nearest]);
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
    const isDark =
      theme.value === 'system' ? matchMedia(PREFERS_DARK).matches : theme.value === 'dark';
    const other = isDark ? 'light' : 'dark';
    const name = `Switch to the ${other} theme`;
    return html`
      <button
        class="control theme"
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

  get #sessionDoor(): SessionDoor {
    const { market } = this;
    this.#door ??= new SessionDoor({
      origin: market.origin,
      storage: localStorage,
      now: () => market.clock.now(),
      onExchange: (exchange) => {
        market.clock.observe(exchange);
      },
      onToken: () => {
        market.credentialsChanged();
      },
    });
    return this.#door;
  }

  // Dialogs are fetched when they are first wanted.

  async #toggleHelp(): Promise<void> {
    await import('./help-dialog');
    await this.help.updateComplete;
    this.help.toggle();
  }

  async #openSearch(): Promise<void> {
    await import('./product-search');
    await this.search.updateComplete;
    this.search.show();
  }

  async #openSettings(): Promise<void> {
    await import('./settings-dialog');
    await this.settings.updateComplete;
    this.settings.show();
  }

  async #openAccount(): Promise<void> {
    await import('./account-dialog');
    await this.account.updateComplete;
    this.account.show();
  }

  #go(place: Place): void {
    history.pushState(null, '', formatPlace(place));
    this.#place.value = place;
  }

  #show(product: string): void {
    const { screen, mode } = this.#place.peek();
    this.#go({ screen, product, ...(mode && { mode }) });
  }

  readonly #onProduct = (event: CustomEvent<string>): void => {
    this.#show(event.detail);
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
    const command = this.preferences.keys.peek() === 'on' ? commandOf(event) : undefined;
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
