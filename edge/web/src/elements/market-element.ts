import { property } from 'lit/decorators.js';

import { marketAt, type Market } from '../market';
import { SignalElement } from './signal-element';

/** An element that shows the market and keeps it connected while it is on the page. */
export abstract class MarketElement extends SignalElement {
  /**
   * Origin of the edge to read from. Without it, the origin that this script came from, so that
   * an element embedded in another site finds its own server. Read when the element is connected.
   */
  @property() server: string = new URL(import.meta.url).origin;

  #market: Market | undefined;
  #release: (() => void) | undefined;

  get market(): Market {
    this.#market ??= marketAt(this.server);
    return this.#market;
  }

  override connectedCallback(): void {
    this.#market = marketAt(this.server);
    this.#release = this.#market.hold();
    super.connectedCallback();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#release?.();
  }
}
