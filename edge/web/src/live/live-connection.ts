import type * as SocketLibrary from 'socket.io-client';

import { wantsCredentials } from '../rest/problem';
import type { Credentials } from '../session/credentials';
import type { ConnectionEvent } from '../state/connection';
import { Shared } from '../state/shared';
import type { Acknowledgement, ClientEvents, ServerEvents, Subject } from './events';

type LiveSocket = SocketLibrary.Socket<ServerEvents, ClientEvents>;

type SubjectRequest = 'subscribe' | 'unsubscribe';

/** What the server refuses a connection with. */
type RefusalError = Error & { readonly data?: { readonly reason?: string } };

/** How long the server may take to acknowledge, in milliseconds. */
const ACKNOWLEDGE_WITHIN = 5_000;

/** Milliseconds until a request that was refused or left unanswered is made again. */
const ASK_AGAIN_AFTER = 3_000;

/** Milliseconds to stay away after the server closed the connection itself. */
const RETURN_AFTER_GOODBYE = 1_000;

/** Milliseconds to stay away after the server did not let this client in. */
const RETURN_AFTER_REFUSAL = 10_000;

/** What a connection needs from outside, and whom it tells. */
export interface LiveOptions extends ServerEvents {
  /** Origin of the edge, such as "http://localhost:8000". */
  readonly origin: string;
  /** As whom to connect, at every attempt. */
  readonly credentials: () => Credentials;
  /** Told the number of the newest update of a product's chains when they are subscribed to. */
  readonly onSubscribed: (product: string, seq: number) => void;
  readonly onConnection: (event: ConnectionEvent) => void;
}

/**
 * One Socket.IO connection that remembers what is followed.
 *
 * Subjects are counted: two followers of one subject make one subscription, and the last to leave
 * ends it. After every reconnection all subscriptions are made again, so followers never notice.
 */
export class LiveConnection {
  readonly #shared = new Shared();
  readonly #followed = new Map<string, Subject>();
  #socket: LiveSocket | undefined;
  #closed = false;
  /** The token that was sent last; absent for a visitor. */
  #token: string | undefined;

  constructor(private readonly options: LiveOptions) {}

  /** Starts to connect. The client library is a chunk of its own and is fetched only now. */
  async open(): Promise<void> {
    const library = await loadLibrary();
    if (this.#closed) return;
    if (library === undefined) {
      const message = 'A part of this page is missing on the server. Reload the page.';
      this.options.onConnection({ type: 'refused', message });
      return;
    }
    const socket: LiveSocket = library.io(this.options.origin, {
      forceNew: true,
      // WebSocket first: no long-polling round trips before the first row.
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: 300,
      reconnectionDelayMax: 5_000,
      auth: (send) => void this.#introduce(send),
    });
    this.#socket = socket;
    this.#listen(socket);
  }

  /**
   * Stays as who somebody is now. The server takes a newer token of the same account in place; for
   * anybody else, the connection is made anew.
   */
  async authenticate(): Promise<void> {
    const socket = this.#socket;
    const token = await this.options.credentials().token();
    if (socket === undefined || this.#closed || token === this.#token) return;
    if (!socket.connected || token === undefined) {
      if (socket.connected || !socket.active) socket.disconnect().connect();
      return;
    }
    this.#token = token;
    socket
      .timeout(ACKNOWLEDGE_WITHIN)
      .emit('authenticate', { token }, (silence: Error | null, answer?: Acknowledgement) => {
        if (silence !== null || answer?.ok !== true) socket.disconnect().connect();
      });
  }

  /** Follows a subject until the returned function is called. */
  follow(subject: Subject): () => void {
    const key = keyOf(subject);
    return this.#shared.hold(key, () => {
      this.#followed.set(key, subject);
      if (this.#socket?.connected) this.#request('subscribe', subject);
      return () => {
        this.#followed.delete(key);
        if (this.#socket?.connected) this.#request('unsubscribe', subject);
      };
    });
  }

  /** Ends the connection for good. */
  close(): void {
    this.#closed = true;
    this.#socket?.disconnect();
  }

  #listen(socket: LiveSocket): void {
    const { onConnection } = this.options;
    socket.on('connect', () => {
      onConnection({ type: 'opened' });
      for (const subject of this.#followed.values()) this.#request('subscribe', subject);
    });
    socket.on('disconnect', (reason) => {
      if (reason === 'io client disconnect') return;
      onConnection({ type: 'lost' });
      // A server that closes politely is restarting; the library leaves coming back to us.
      if (reason === 'io server disconnect') this.#returnAfter(RETURN_AFTER_GOODBYE, socket);
    });
    socket.on('connect_error', (error) => {
      if (socket.active) onConnection({ type: 'attempt_failed' });
      else void this.#onRefusal(error, socket);
    });
    socket.on('underlying_update', this.options.underlying_update);
    socket.on('chain_summary', this.options.chain_summary);
    socket.on('chain_update', this.options.chain_update);
  }

  async #introduce(send: (auth: object) => void): Promise<void> {
    this.#token = await this.options.credentials().token();
    send(this.#token === undefined ? {} : { token: this.#token });
  }

  async #onRefusal({ message, data }: RefusalError, socket: LiveSocket): Promise<void> {
    const reason = data?.reason;
    const isCredential = reason !== undefined && wantsCredentials({ reason });
    if (isCredential && (await this.options.credentials().renew(this.#token))) {
      this.#returnAfter(0, socket);
      return;
    }
    const why = reason === undefined ? {} : { reason };
    this.options.onConnection({ type: 'refused', message, ...why });
    this.#returnAfter(RETURN_AFTER_REFUSAL, socket);
  }

  #returnAfter(delay: number, socket: LiveSocket): void {
    setTimeout(() => {
      if (!this.#closed) socket.connect();
    }, delay);
  }

  #request(event: SubjectRequest, subject: Subject): void {
    this.#socket
      ?.timeout(ACKNOWLEDGE_WITHIN)
      .emit(event, subject, (silence: Error | null, answer?: Acknowledgement) => {
        if (silence !== null || answer?.ok === false) this.#requestAgain(event, subject);
        else if (event === 'subscribe') this.options.onSubscribed(subject.symbol, answer?.seq ?? 0);
      });
  }

  /** What was not granted is asked for again, for as long as it is wanted. */
  #requestAgain(event: SubjectRequest, subject: Subject): void {
    setTimeout(() => {
      const isWanted = this.#followed.has(keyOf(subject)) === (event === 'subscribe');
      if (isWanted && this.#socket?.connected) this.#request(event, subject);
    }, ASK_AGAIN_AFTER);
  }
}

/** After an update of the server, a page of the version before may ask for what is gone. */
async function loadLibrary(): Promise<typeof SocketLibrary | undefined> {
  return import('socket.io-client').catch(() => undefined);
}

function keyOf(subject: Subject): string {
  return `${subject.type}:${subject.symbol}`;
}
