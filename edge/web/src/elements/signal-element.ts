import { effect } from '@preact/signals-core';
import { LitElement, type PropertyValues } from 'lit';

import { nextFrame } from './frame';

/**
 * An element that draws itself again when a signal changes that its last drawing read, at most
 * once an animation frame however many changes arrive.
 */
export abstract class SignalElement extends LitElement {
  #forget: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    // What changed while it was off the page was not heard.
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget?.();
    this.#forget = undefined;
  }

  protected override async scheduleUpdate(): Promise<void> {
    await nextFrame();
    await super.scheduleUpdate();
  }

  protected override update(changed: PropertyValues): void {
    this.#forget?.();
    let drawing = true;
    this.#forget = effect(() => {
      if (drawing) super.update(changed);
      else this.requestUpdate();
    });
    drawing = false;
    if (!this.isConnected) this.#forget();
  }
}
