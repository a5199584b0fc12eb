import type { Signal } from '@preact/signals-core';

import { problemFrom, wantsCredentials } from '../rest/problem';
import type { AuthApi, Grant, Registration } from './auth-api';
import type { Credentials } from './credentials';
import { NOBODY, type SessionState } from './session-state';
import type { SharedToken, Vault } from './vault';

/** The longest time, in milliseconds, that a token is renewed before it ends. */
const AHEAD = 60_000;

/** The share of a token's life that remains when it is renewed, for tokens that live shortly. */
const AHEAD_SHARE = 0.25;

/** Milliseconds until a renewal is tried again that failed for no fault of the session. */
const AGAIN_AFTER = 3_000;

/** However wrong a clock is, renewing is no loop without a pause. Milliseconds. */
const SHORTEST_TIMER = 1_000;

/** setTimeout counts no further. */
const LONGEST_TIMER = 2 ** 31 - 1;

const ENDED = 'Your session has ended. Sign in to go on where you were.';
const ENDED_ELSEWHERE = 'You signed out in another tab.';

/** What a session needs, and whom it tells. */
export interface SessionOptions {
  readonly api: AuthApi;
  readonly vault: Vault;
  /** Now by the server's clock, in milliseconds. */
  readonly now: () => number;
  /** Who uses the page, kept true. */
  readonly state: Signal<SessionState>;
  /** Told whenever the token is another, or none any more. */
  readonly onToken: () => void;
}

/**
 * A session of somebody who signed in, shared by the tabs of a browser.
 *
 * The access token is held in memory. It is renewed ahead of its end, by one tab for all of them.
 */
export class Session implements Credentials {
  #held: SharedToken | undefined;
  #renewal: Promise<boolean> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Before this instant, by the local clock, renewing is not worth another try. */
  #notBefore = 0;
  readonly #unhear: () => void;

  constructor(private readonly options: SessionOptions) {
    this.#unhear = options.vault.hear((message) => {
      if (message === undefined) this.#lose({ phase: 'ended', why: ENDED_ELSEWHERE });
      else this.#hold(message);
    });
  }

  /** Stops to renew and to hear other tabs. The session itself goes on. */
  close(): void {
    clearTimeout(this.#timer);
    this.#unhear();
  }

  async token(): Promise<string | undefined> {
    if (!this.#isCurrent() && this.options.vault.read() !== undefined) {
      await this.renew(this.#held?.token);
    }
    return this.#isCurrent() ? this.#held?.token : undefined;
  }

  async renew(refused: string | undefined): Promise<boolean> {
    if (this.#isCurrent() && this.#held?.token !== refused) return true;
    if (Date.now() < this.#notBefore) return false;
    this.#renewal ??= this.#renew(refused).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.#begin(() => this.options.api.login(email, password));
  }

  async register(registration: Registration): Promise<void> {
    await this.#begin(() => this.options.api.register(registration));
  }

  /** Changes the password; all other sessions of the account end. */
  async changePassword(current: string, next: string): Promise<void> {
    const token = (await this.token()) ?? '';
    await this.#begin(() => this.options.api.changePassword(token, current, next));
  }

  /** Ends the session in all tabs. It ends here even where the server cannot be told. */
  async signOut(): Promise<void> {
    await this.options.vault.alone(async () => {
      const stored = this.options.vault.read();
      this.#forget(NOBODY);
      if (stored !== undefined) await this.options.api.logout(stored.refreshToken);
    });
  }

  /** Ends all sessions of the account, on whatever device. */
  async signOutEverywhere(): Promise<void> {
    await this.options.api.endSessions((await this.token()) ?? '');
    this.#forget(NOBODY);
  }

  async #begin(ask: () => Promise<Grant>): Promise<void> {
    await this.options.vault.alone(async () => {
      this.#take(await ask());
    });
  }

  async #renew(refused: string | undefined): Promise<boolean> {
    const { api, vault } = this.options;
    return vault.alone(async () => {
      // Another tab may have done it meanwhile, or ended the session.
      if (this.#isCurrent() && this.#held?.token !== refused) return true;
      const stored = vault.read();
      // Without a session one may still be let in, as a visitor.
      const wasSomebody = refused !== undefined;
      if (stored === undefined) return wasSomebody;
      try {
        this.#take(await api.refresh(stored.refreshToken));
        return true;
      } catch (thrown) {
        if (!wantsCredentials(problemFrom(thrown))) {
          this.#renewLater();
          return false;
        }
        this.#forget({ phase: 'ended', why: ENDED });
        return wasSomebody;
      }
    });
  }

  #renewLater(): void {
    this.#notBefore = Date.now() + AGAIN_AFTER;
    this.#renewIn(AGAIN_AFTER);
  }

  #take({ refreshToken, ...shared }: Grant): void {
    const { vault } = this.options;
    vault.write({ refreshToken, user: shared.user });
    vault.tell(shared);
    this.#hold(shared);
  }

  #hold(shared: SharedToken): void {
    this.#held = shared;
    this.#notBefore = 0;
    const left = shared.expiresAt - this.options.now();
    this.#renewIn(left - Math.min(AHEAD, left * AHEAD_SHARE));
    this.options.state.value = { phase: 'signed-in', user: shared.user };
    this.options.onToken();
  }

  /** Ends the session for all tabs. */
  #forget(state: SessionState): void {
    this.options.vault.write(undefined);
    this.options.vault.tell(undefined);
    this.#lose(state);
  }

  #lose(state: SessionState): void {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.options.state.value = state;
    this.options.onToken();
  }

  #renewIn(milliseconds: number): void {
    clearTimeout(this.#timer);
    const delay = Math.min(Math.max(milliseconds, SHORTEST_TIMER), LONGEST_TIMER);
    this.#timer = setTimeout(() => {
      // Now it is worth a try, even if the clock says otherwise: it may have been set back.
      this.#notBefore = 0;
      void this.renew(this.#held?.token);
    }, delay);
  }

  #isCurrent(): boolean {
    return this.#held !== undefined && this.options.now() < this.#held.expiresAt;
  }
}
