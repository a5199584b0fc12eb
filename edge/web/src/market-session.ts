import type { ChainSummary, ChainUpdate, UnderlyingUpdate } from './live/events';
import { LiveConnection } from './live/live-connection';
import type { Market } from './market';
import { MarketReads } from './market-reads';
import type { MarketApi } from './rest/market-api';
import { wantsCredentials } from './rest/problem';
import { publishedAt, withChain } from './state/chains';
import { CONNECTING, nextConnection, type ConnectionEvent } from './state/connection';
import { withExpiry } from './state/expiries';
import { ready, valueOf } from './state/loadable';
import type { MarketState } from './state/market-state';
import { fetchMissingParts } from './state/parts';
import { extendTrail } from './state/price-trail';
import { Shared } from './state/shared';

/** Milliseconds between two looks at the feed's status, which also finds new products. */
const LOOK_EVERY = 5_000;

/** One connected life of a market: history by REST, changes by Socket.IO, both into its state. */
export class MarketSession {
  readonly #state: MarketState;
  readonly #reads: MarketReads;
  readonly #live: LiveConnection;
  readonly #shared = new Shared();
  readonly #ended = new AbortController();

  constructor(
    private readonly market: Market,
    api: MarketApi,
  ) {
    this.#state = market.state;
    this.#reads = new MarketReads(market, api);
    this.#live = new LiveConnection({
      origin: market.origin,
      credentials: () => market.credentials,
      onSubscribed: (product, seq) => {
        market.arrivals.expect(product, seq);
      },
      onConnection: (event) => {
        this.#onConnection(event);
      },
      underlying_update: (update) => {
        this.#onPrice(update);
      },
      chain_summary: (summary) => {
        this.#onSummary(summary);
      },
      chain_update: (chain) => {
        this.#onChain(chain);
      },
    });
    this.#start();
  }

  /** Ends all requests, timers and the connection. */
  end(): void {
    this.#ended.abort();
    this.#live.close();
    this.#state.connection.value = CONNECTING;
  }

  /** Stays connected as who somebody is now. */
  authenticate(): void {
    void this.#live.authenticate();
  }

  /** Follows a product for whoever wants it, once for all. */
  follow(product: string): () => void {
    return this.#shared.hold(product, () => this.#follow(product));
  }

  /** Fetches a chain for whoever wants it, once for all. */
  fetchChain(product: string, expiry: string): () => void {
    return this.#shared.hold(`${product} ${expiry}`, () => this.#beginChain(product, expiry));
  }

  #follow(product: string): () => void {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#ended.signal]);
    void this.#reads.expiries(product, signal);
    void this.#reads.trail(product, signal);
    const unfollow = this.#live.follow({ type: 'chain', symbol: product });
    return () => {
      left.abort();
      unfollow();
    };
  }

  #beginChain(product: string, expiry: string): () => void {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#ended.signal]);
    void this.#reads.chain(product, expiry, signal);
    return () => {
      left.abort();
    };
  }

  #start(): void {
    const { signal } = this.#ended;
    void this.#live.open();
    void this.#reads.products(signal);
    void this.#reads.feedStatus(signal);
    const timer = setInterval(() => {
      // Who may not read is not told either; a connection that is let in asks anew.
      const isLocked = this.#state.locked.peek() !== undefined;
      if (!document.hidden && !isLocked) void this.#reads.feedStatus(signal);
    }, LOOK_EVERY);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
    });
  }

  #onConnection(event: ConnectionEvent): void {
    const { connection } = this.#state;
    connection.value = nextConnection(connection.value, event);
    if (event.type === 'refused' && wantsCredentials(event)) {
      this.#state.locked.value = { ...event, temporary: false };
    }
    if (event.type !== 'opened') return;
    this.#state.locked.value = undefined;
    this.market.clock.forget();
    this.market.arrivals.forgetSequences();
    void this.#reads.feedStatus(this.#ended.signal);
    fetchMissingParts();
  }

  #onPrice(update: UnderlyingUpdate): void {
    const trail = this.#state.trails.at(update.product);
    const at = Date.parse(update.timestamp);
    trail.value = extendTrail(trail.value, { at, price: update.price });
  }

  #onSummary({ product, expiry }: ChainSummary): void {
    const expiries = this.#state.expiries.at(product);
    const known = valueOf(expiries.value) ?? [];
    const all = withExpiry(known, expiry);
    // Before the list has been fetched, a single expiry must not pass for all of them.
    if (all !== known && expiries.value.state !== 'loading') expiries.value = ready(all);
  }

  #onChain(chain: ChainUpdate): void {
    this.market.clock.observePast(publishedAt(chain));
    this.market.arrivals.note(chain);
    const shown = this.#state.chains.at(chain.product, chain.expiry);
    shown.value = withChain(shown.value, chain);
  }
}
