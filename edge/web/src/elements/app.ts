import { effect, signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { productFormat } from '../format/product-format';
import { valueOf } from '../state/loadable';
import { entryOf } from '../screens/directory';
import type { SessionDoor } from '../session/session-door';
import { fetchPart } from '../state/parts';
import { formatPlace, parsePlace, type Place } from '../state/place';
import type { Preferences } from '../state/preferences';
import { controls, tokens } from '../styles/tokens';
import { appBar } from './app-bar';
import { dialogOf } from './app-dialogs';
import { doorTo, signInInPlace } from './app-session';
import { appStyles } from './app.styles';
import { Following } from './following';
import { MarketElement } from './market-element';
import { missingPartsNotice, missingPartsStyles } from './missing-parts';
import { emptyNotice, noticeStyles, problemNotice } from './notice';
import { ScreenStage } from './screen-stage';
import { commandOf, type Command } from './shortcuts';
import { noticeOfStray, type WaysOn } from './stray';

import './screen-menu';
import './source-ribbon';

/** The dashboard: the bar with the products, and the screen of the one that is chosen. */
@customElement('ds-app')
export class App extends MarketElement {
  static override styles = [tokens, controls, noticeStyles, missingPartsStyles, appStyles];

  @property({ attribute: false }) preferences!: Preferences;

  readonly #place = signal<Place>(parsePlace(location.hash));
  readonly #stage = new ScreenStage();
  readonly #following = new Following();
  #door: SessionDoor | undefined;
  #end: (() => void) | undefined;

  readonly #ways: WaysOn = {
    findProduct: () => {
      this.#commands['choose-product']();
    },
    show: (product) => {
      this.#show(product);
    },
  };

  readonly #commands: Readonly<Record<Command, () => void>> = {
    'choose-product': () => void this.#open('ds-product-search'),
    'previous-expiry': () => this.#stage.screen?.moveExpiry?.(-1),
    'next-expiry': () => this.#stage.screen?.moveExpiry?.(1),
    centre: () => this.#stage.screen?.centre?.(),
    'toggle-mode': () => this.#stage.screen?.toggleMode?.(),
    'choose-columns': () => this.#stage.screen?.chooseColumns?.(),
    pause: () => this.#stage.screen?.togglePause?.(),
    help: () => void this.#toggleHelp(),
  };

  override connectedCallback(): void {
    // Whoever is signed in is so before the first request.
    const unwatch = this.#sessionDoor.watch();
    super.connectedCallback();
    // Beside the products, not after them.
    void fetchPart(entryOf(this.#place.peek().screen).load);
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
    this.#following.end();
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const { product, expiry } = this.#shown();
    return html`
      <div>
        <ds-source-ribbon .server=${this.server}></ds-source-ribbon>
        ${missingPartsNotice()}
      </div>
      ${appBar({
        server: this.server,
        product,
        expiry,
        preferences: this.preferences,
        session: this.#sessionDoor.state.value,
        show: this.#onProduct,
        findProduct: this.#commands['choose-product'],
        openSettings: () => void this.#open('ds-settings'),
        openAccount: () => void this.#open('ds-account-dialog'),
        toggleHelp: this.#commands.help,
      })}
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
    const isShown = this.#stage.screen?.isConnected === true;
    // The screen follows it too, but not before its code is there.
    this.#following.show(this.market, isShown ? product : '', expiry);
    if (expiry === '') return;
    const address = formatPlace({ ...this.#place.peek(), product, expiry });
    if (address !== location.hash) history.replaceState(null, '', address);
  }

  #content(product: string): unknown {
    const { state } = this.market;
    if (state.locked.value !== undefined) return signInInPlace(this.#sessionDoor, product);
    const stray = noticeOfStray(this.#place.value, product, state, this.#ways);
    if (stray !== undefined) return stray;
    const { screen, expiry = '', mode = '' } = this.#place.value;
    const { server } = this;
    if (product !== '') return this.#stage.show(screen, { server, product, expiry, mode });
    const { value: products } = state.products;
    if (products.state === 'failed') return problemNotice(products.problem);
    if (products.state === 'loading') return nothing;
    return emptyNotice('No product has data yet', 'The first one is shown as soon as it arrives.');
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
    this.#door ??= doorTo(this.market);
    return this.#door;
  }

  async #open(dialog: 'ds-product-search' | 'ds-settings' | 'ds-account-dialog'): Promise<void> {
    (await dialogOf(this.renderRoot, dialog))?.show();
  }

  async #toggleHelp(): Promise<void> {
    (await dialogOf(this.renderRoot, 'ds-help-dialog'))?.toggle();
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
