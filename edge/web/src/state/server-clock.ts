/** What an answer says of the server's clock. All instants are in milliseconds. */
export interface ClockExchange {
  /** The local instants between which the server read its clock. */
  readonly sentAt: number;
  readonly receivedAt: number;
  /** The instants between which the server's clock then was. */
  readonly earliest: number;
  readonly latest: number;
}

/** How many exchanges are believed: clocks drift apart, so old ones say little. */
const REMEMBERED = 12;

/** Between which milliseconds the local clock is ahead of the server's. */
interface Bounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The server's wall clock, as far as this page can know it.
 *
 * Ages are differences between the server's stamps and now, and a visitor's clock may be minutes
 * off. The server's clock was read after a request was sent and before its answer arrived, so each
 * exchange bounds the difference on both sides, and what is within the bounds of all is closer than
 * any of them. A stamp of something that has arrived bounds it from above alone.
 */
export class ServerClock {
  #exchanges: readonly Bounds[] = [];
  #past = Infinity;

  constructor(private readonly localNow: () => number = Date.now) {}

  /** Notes an exchange that has just ended. */
  observe({ sentAt, receivedAt, earliest, latest }: ClockExchange): void {
    const bounds = { lower: sentAt - latest, upper: receivedAt - earliest };
    if (Number.isNaN(bounds.lower + bounds.upper)) return;
    this.#exchanges = [...this.#exchanges, bounds].slice(-REMEMBERED);
    const { lower, upper } = this.#bounds();
    // One of the clocks has been set: what was seen before is no longer true.
    if (lower > upper) {
      this.#exchanges = [bounds];
      this.#past = Infinity;
    }
  }

  /**
   * Notes a stamp of something that the server has sent. It may be old, so it can only show that
   * the server's clock is ahead of what is believed.
   */
  observePast(serverInstant: number): void {
    if (Number.isNaN(serverInstant)) return;
    this.#past = Math.min(this.#past, this.localNow() - serverInstant);
  }

  /** Forgets what was noted: after a pause this computer's clock may have been set. */
  forget(): void {
    this.#exchanges = [];
    this.#past = Infinity;
  }

  /** How many milliseconds the local clock is ahead of the server's, as well as is known. */
  get offset(): number {
    const { lower, upper } = this.#bounds();
    if (Number.isFinite(lower)) return lower > upper ? upper : (lower + upper) / 2;
    // Without an exchange nothing but the stamps is known, and they may be old.
    return Math.min(upper, 0);
  }

  /** By how many milliseconds the offset may be wrong, either way; infinite where that is open. */
  get uncertainty(): number {
    const { lower, upper } = this.#bounds();
    return Number.isFinite(lower) ? Math.max((upper - lower) / 2, 0) : Infinity;
  }

  /** The server's time now, in milliseconds; the local time where nothing else is known. */
  now(): number {
    return this.localNow() - this.offset;
  }

  #bounds(): Bounds {
    return {
      lower: Math.max(...this.#exchanges.map(({ lower }) => lower)),
      upper: Math.min(this.#past, ...this.#exchanges.map(({ upper }) => upper)),
    };
  }
}
