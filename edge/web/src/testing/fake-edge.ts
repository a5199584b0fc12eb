import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server, type Socket } from 'socket.io';

import type { Subject } from '../live/events';
import { FakeAuth, MISSING } from './fake-auth';

/**
 * A real HTTP and Socket.IO server for tests, which answers what the test tells it to.
 *
 * It knows nothing of markets: paths give prepared JSON, and a test emits what a client is to get.
 */
export class FakeEdge {
  /** Answers by path, without the query; what is not here is 404. */
  readonly answers = new Map<string, unknown>();
  /** What clients asked for, oldest first: "subscribe chain:NIFTY". */
  readonly requests: string[] = [];
  /** Which paths were read, each with its query, oldest first. */
  readonly reads: string[] = [];
  /** Holds back the answers to all reads that come before it is fulfilled. */
  held: Promise<void> | undefined;
  /** How many of the next requests are refused. */
  refusals = 0;
  /** Why connections are refused; absent lets everybody in. */
  refusal: string | undefined;
  /** Who can sign in. */
  readonly auth = new FakeAuth();
  /** Whether reading and connecting take a token. */
  requiresToken = false;
  /** The number of the newest update, as subscribers are told. */
  seq = 0;

  readonly #http: HttpServer;
  readonly #io: Server;

  private constructor() {
    this.#http = createServer((request, response) => {
      if (request.url?.startsWith('/api/auth/')) {
        void this.auth.handle(request, response);
        return;
      }
      if (!this.#admits(request.headers.authorization?.replace('Bearer ', ''))) {
        const [status, refusal] = MISSING;
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(JSON.stringify(refusal));
        return;
      }
      void this.#answer(request.url ?? '', response);
    });
    this.#io = new Server(this.#http);
    this.#io.use((socket, next) => {
      const { token } = socket.handshake.auth as { token?: string };
      if (!this.#admits(token)) {
        const data = { reason: 'CREDENTIALS_MISSING', message: 'Sign in.' };
        next(Object.assign(new Error('Sign in.'), { data }));
        return;
      }
      next(this.refusal === undefined ? undefined : new Error(this.refusal));
    });
    this.#io.on('connection', (socket) => {
      this.#listen(socket);
    });
  }

  /** Starts one on a free port of the loopback. */
  static async start(): Promise<FakeEdge> {
    const edge = new FakeEdge();
    await new Promise<void>((resolve) => edge.#http.listen(0, '127.0.0.1', resolve));
    return edge;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  /** Sends an event to every client. */
  emit(event: string, payload: unknown): void {
    this.#io.emit(event, payload);
  }

  /** Cuts the connections of all clients, as a network does. */
  cut(): void {
    for (const socket of this.#io.sockets.sockets.values()) socket.conn.close();
  }

  /** Closes the sessions of all clients, as a server does that goes away politely. */
  dismiss(): void {
    this.#io.disconnectSockets();
  }

  async stop(): Promise<void> {
    await this.#io.close();
  }

  /** Whether who sends this token may read; one that does not count is worse than none. */
  #admits(token: string | undefined): boolean {
    return token === undefined ? !this.requiresToken : this.auth.admits(token);
  }

  /** Answers a read with what is known when it comes. */
  async #answer(url: string, response: ServerResponse): Promise<void> {
    this.reads.push(url);
    const body = this.answers.get(url.split('?')[0] ?? '');
    await this.held;
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { code: 5, message: 'Not known.', details: [] }));
  }

  #listen(socket: Socket): void {
    socket.on(
      'authenticate',
      ({ token }: { token: string }, acknowledge: (answer: unknown) => void) => {
        this.requests.push('authenticate');
        acknowledge({ ok: this.auth.admits(token) });
      },
    );
    for (const event of ['subscribe', 'unsubscribe']) {
      socket.on(event, (subject: Subject, acknowledge: (answer: unknown) => void) => {
        this.requests.push(`${event} ${subject.type}:${subject.symbol}`);
        const isRefused = this.refusals > 0;
        this.refusals -= Number(isRefused);
        const error = { reason: 'PRODUCT_NOT_FOUND', message: 'No such product yet.' };
        acknowledge(isRefused ? { ok: false, error } : { ok: true, seq: this.seq });
      });
    }
  }
}
