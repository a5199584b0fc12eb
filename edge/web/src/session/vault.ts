import type { User } from '../contract/types';

/** What outlives a page: enough to renew the session, and nothing that reads the market. */
export interface StoredSession {
  readonly refreshToken: string;
  readonly user: User;
}

/** An access token that one tab tells the others, so that they need not renew as well. */
export interface SharedToken {
  readonly token: string;
  readonly expiresAt: number;
  readonly user: User;
}

/** What tabs tell one another. Nothing means that the session has ended. */
export type Message = SharedToken | undefined;

/**
 * Where the tabs of a browser keep their one session.
 *
 * A refresh token works once, and using it again ends the session. So whoever uses it does so
 * alone, and reads it then.
 */
export interface Vault {
  /** Runs an action while no other tab runs one. */
  alone<Result>(action: () => Promise<Result>): Promise<Result>;
  read(): StoredSession | undefined;
  /** Keeps a session; without one, forgets it. */
  write(session: StoredSession | undefined): void;
  /** Tells the other tabs. */
  tell(message: Message): void;
  /** Hears the other tabs, until the returned function is called. */
  hear(listener: (message: Message) => void): () => void;
}
