import type { User } from '../contract/types';

/** Who uses the page. */
export type SessionState =
  | { readonly phase: 'visitor' }
  /** Somebody signed in earlier, and the page is about to learn whether that still counts. */
  | { readonly phase: 'restoring' }
  | { readonly phase: 'signed-in'; readonly user: User }
  /** Somebody was signed in until just now; `why` is for people. */
  | { readonly phase: 'ended'; readonly why: string };

export const NOBODY: SessionState = { phase: 'visitor' };
