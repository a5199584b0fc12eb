import { signal } from '@preact/signals-core';

import type { ClockExchange } from '../state/server-clock';
import type { Credentials } from './credentials';
import type { Session } from './session';
import { NOBODY, type SessionState } from './session-state';
import { nameOf, readSession } from './stored-session';

/** What the door needs from outside. */
export interface SessionDoorOptions {
  readonly origin: string;
  readonly storage: Storage;
  /** Now by the server's clock, in milliseconds. */
  readonly now: () => number;
  /** Told what an answer says of the server's clock. */
  readonly onExchange: (exchange: ClockExchange) => void;
  /** Told whenever the token is another, or none any more. */
  readonly onToken: () => void;
}

/** The session of a page. Its code is fetched only where somebody is signed in or wants to be. */
export class SessionDoor implements Credentials {
  readonly state = signal<SessionState>(NOBODY);
  #session: Promise<Session> | undefined;

  constructor(private readonly options: SessionDoorOptions) {
    if (this.#isStored()) this.state.value = { phase: 'restoring' };
  }

  async token(): Promise<string | undefined> {
    const token = await this.#ifSomebody((session) => session.token());
    // The renewal may have failed for a reason that passes; until then the page is a visitor's.
    if (this.state.peek().phase === 'restoring' && token === undefined) this.state.value = NOBODY;
    return token;
  }

  async renew(refused: string | undefined): Promise<boolean> {
    return (await this.#ifSomebody((session) => session.renew(refused))) ?? false;
  }

  /** The session, to sign in with. */
  async open(): Promise<Session> {
    const session = (this.#session ??= this.#load());
    try {
      return await session;
    } catch (thrown) {
      // Its code could not be fetched; whoever wants it next tries again.
      if (this.#session === session) this.#session = undefined;
      throw thrown;
    }
  }

  /** Sees that somebody signs in in another tab, until the returned function is called. */
  watch(): () => void {
    const onStorage = ({ key }: StorageEvent): void => {
      if (key === nameOf(this.options.origin) && this.#isStored()) {
        void this.open().then((session) => session.token());
      }
    };
    window.addEventListener('storage', onStorage);
    return () => {
      window.removeEventListener('storage', onStorage);
    };
  }

  async #ifSomebody<Answer>(
    ask: (session: Session) => Promise<Answer>,
  ): Promise<Answer | undefined> {
    return this.#session !== undefined || this.#isStored() ? ask(await this.open()) : undefined;
  }

  #isStored(): boolean {
    return readSession(this.options.storage, this.options.origin) !== undefined;
  }

  async #load(): Promise<Session> {
    const { openSession } = await import('./open-session');
    return openSession({ ...this.options, state: this.state });
  }
}
