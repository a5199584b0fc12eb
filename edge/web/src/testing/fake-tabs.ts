import type { Message, StoredSession, Vault } from '../session/vault';

/** The tabs of one browser, as far as their vaults go: one lock, one entry, messages to the others. */
export class FakeTabs {
  stored: StoredSession | undefined;
  #lock: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Map<Vault, (message: Message) => void>();

  /** The vault as one more tab sees it. */
  open(): Vault {
    const vault: Vault = {
      alone: async (action) => {
        const turn = this.#lock.then(action);
        this.#lock = turn.catch(() => undefined);
        return turn;
      },
      read: () => this.stored,
      write: (session) => {
        this.stored = session;
      },
      tell: (message) => {
        for (const [other, listener] of this.#listeners) if (other !== vault) listener(message);
      },
      hear: (listener) => {
        this.#listeners.set(vault, listener);
        return () => this.#listeners.delete(vault);
      },
    };
    return vault;
  }
}
