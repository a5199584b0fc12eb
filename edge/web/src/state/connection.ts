/** The live connection of the page, as its events tell it. */
export type Connection =
  | { readonly phase: 'connecting' }
  | { readonly phase: 'live' }
  | { readonly phase: 'reconnecting' }
  | { readonly phase: 'refused'; readonly message: string };

export type ConnectionEvent =
  | { readonly type: 'opened' }
  /** The connection broke and is being made again. */
  | { readonly type: 'lost' }
  /** One attempt failed; another follows by itself. */
  | { readonly type: 'attempt_failed' }
  /** The server does not want this client; no attempt follows. */
  | Refusal;

/** Why the server does not want a client. */
interface Refusal {
  readonly type: 'refused';
  readonly message: string;
  /** The contract's ErrorReason, without its prefix. */
  readonly reason?: string;
}

export const CONNECTING: Connection = { phase: 'connecting' };

/** What the connection is after an event. */
export function nextConnection(current: Connection, event: ConnectionEvent): Connection {
  switch (event.type) {
    case 'opened':
      return { phase: 'live' };
    case 'lost':
      return { phase: 'reconnecting' };
    case 'attempt_failed':
      return current.phase === 'connecting' ? current : { phase: 'reconnecting' };
    case 'refused':
      return { phase: 'refused', message: event.message };
  }
}
