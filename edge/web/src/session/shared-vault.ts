import { nameOf, readSession } from './stored-session';
import type { Message, StoredSession, Vault } from './vault';

/** The vault of a browser: one lock, one entry of the storage and one channel for all its tabs. */
export class SharedVault implements Vault {
  readonly #name: string;
  readonly #channel: BroadcastChannel;

  constructor(
    private readonly origin: string,
    private readonly storage: Storage,
    private readonly locks: LockManager,
  ) {
    this.#name = nameOf(origin);
    this.#channel = new BroadcastChannel(this.#name);
  }

  async alone<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.locks.request(this.#name, action);
  }

  read(): StoredSession | undefined {
    return readSession(this.storage, this.origin);
  }

  write(session: StoredSession | undefined): void {
    if (session === undefined) this.storage.removeItem(this.#name);
    else this.storage.setItem(this.#name, JSON.stringify(session));
  }

  tell(message: Message): void {
    this.#channel.postMessage(message);
  }

  hear(listener: (message: Message) => void): () => void {
    const onMessage = (event: MessageEvent<Message>): void => {
      listener(event.data);
    };
    this.#channel.addEventListener('message', onMessage);
    return () => {
      this.#channel.removeEventListener('message', onMessage);
    };
  }
}

/**
 * The vault of one page, for a browser without locks, as on a page that came over plain HTTP from
 * another machine: without them two tabs could use one refresh token. Ends with the page.
 */
export class PageVault implements Vault {
  #session: StoredSession | undefined;

  async alone<Result>(action: () => Promise<Result>): Promise<Result> {
    return action();
  }

  read(): StoredSession | undefined {
    return this.#session;
  }

  write(session: StoredSession | undefined): void {
    this.#session = session;
  }

  tell(): void {
    // There is nobody else.
  }

  hear(): () => void {
    return () => undefined;
  }
}

/** The best vault that this browser allows. */
export function openVault(origin: string): Vault {
  // Absent where the page is no secure context, whatever the library's types say.
  const locks = navigator.locks as LockManager | undefined;
  try {
    const { localStorage } = globalThis;
    return locks === undefined ? new PageVault() : new SharedVault(origin, localStorage, locks);
  } catch {
    // Storage is forbidden.
    return new PageVault();
  }
}
