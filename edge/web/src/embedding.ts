/** What a page that embeds screens can set beside their attributes. */
import { marketAt } from './market';
import { credentialsOf } from './session/credentials';
import { conventions, type Conventions } from './state/conventions';

/**
 * Reads a server as who the page says: `useToken('https://edge.example', () => token)`.
 *
 * The page renews the token. The function that is returned is to be called whenever `token` answers
 * another: connections then stay, by the newer token, and what was refused is asked for again.
 */
export function useToken(server: string, token: () => string | undefined): () => void {
  const market = marketAt(server);
  market.credentials = credentialsOf(token);
  return () => {
    market.credentialsChanged();
  };
}

/** Chooses how figures are written on this page; what is left out stays as it is. */
export function useConventions(chosen: Partial<Conventions>): void {
  conventions.value = { ...conventions.peek(), ...chosen };
}
