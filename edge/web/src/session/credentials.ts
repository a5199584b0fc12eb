/** As whom a page asks. */
export interface Credentials {
  /** The access token to ask with, as soon as it is known; absent for a visitor. */
  token(): Promise<string | undefined>;

  /**
   * Gets another token than one that was refused, where that is possible.
   *
   * Says whether asking again makes sense: with that token, or with none where the session is over.
   * `refused` is absent where none was sent.
   */
  renew(refused: string | undefined): Promise<boolean>;
}

/** Asks as nobody. */
export const VISITOR: Credentials = {
  token: () => Promise.resolve(undefined),
  renew: () => Promise.resolve(false),
};

/** Credentials that the page around an element hands in; it renews them itself. */
export function credentialsOf(token: () => string | undefined): Credentials {
  return {
    token: () => Promise.resolve(token()),
    renew: (refused) => Promise.resolve(token() !== refused),
  };
}
