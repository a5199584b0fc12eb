import type { StoredSession } from './vault';

/** The name of an origin's session in the storage, among the locks and among the channels. */
export function nameOf(origin: string): string {
  return `deltastream.session ${origin}`;
}

/** The session that a browser keeps of an origin; absent where nobody is signed in. */
export function readSession(storage: Storage, origin: string): StoredSession | undefined {
  try {
    const stored: unknown = JSON.parse(storage.getItem(nameOf(origin)) ?? 'null');
    const session = stored as Partial<StoredSession> | null;
    const isWhole = typeof session?.refreshToken === 'string' && session.user !== undefined;
    return isWhole ? (session as StoredSession) : undefined;
  } catch {
    return undefined;
  }
}
