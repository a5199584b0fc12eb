/**
 * The server's wall clock, as far as this page can know it.
 *
 * Ages are differences between the server's stamps and now, and a visitor's clock may be minutes
 * off. Every message bounds the difference from above: it is the true one plus however long the
 * message was under way. So the smallest bound seen is the best estimate.
 */
export class ServerClock {
  #offset: number | undefined;

  constructor(private readonly localNow: () => number = Date.now) {}

  /** Notes what the server's clock said, in milliseconds, in an answer that has just arrived. */
  observeNow(serverInstant: number): void {
    this.#bound(serverInstant, Infinity);
  }

  /**
   * Notes a stamp of something that the server has sent. It may be old, so it can only show that
   * the server's clock is ahead of what is believed.
   */
  observePast(serverInstant: number): void {
    this.#bound(serverInstant, 0);
  }

  /** Forgets what was noted: after a pause this computer's clock may have been set. */
  forget(): void {
    this.#offset = undefined;
  }

  /** The server's time now, in milliseconds; the local time where nothing else is known. */
  now(): number {
    return this.localNow() - (this.#offset ?? 0);
  }

  #bound(serverInstant: number, unknown: number): void {
    if (Number.isNaN(serverInstant)) return;
    this.#offset = Math.min(this.#offset ?? unknown, this.localNow() - serverInstant);
  }
}
