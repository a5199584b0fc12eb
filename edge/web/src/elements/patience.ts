import type { ReactiveController, ReactiveControllerHost } from 'lit';

const SECOND = 1_000;

/** Counts down how long the server wants to be left alone. */
export class Patience implements ReactiveController {
  #until = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  /** The seconds that are left; 0 where there is nothing to wait for. */
  get seconds(): number {
    return Math.max(0, Math.ceil((this.#until - Date.now()) / SECOND));
  }

  /** Waits this many milliseconds. */
  wait(milliseconds = 0): void {
    this.hostDisconnected();
    this.#until = Date.now() + milliseconds;
    if (milliseconds > 0) this.#timer = setInterval(this.#onSecond, SECOND);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }

  readonly #onSecond = (): void => {
    if (this.seconds === 0) this.hostDisconnected();
    this.host.requestUpdate();
  };
}
