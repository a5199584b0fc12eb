import { batch } from '@preact/signals-core';

import type { EnrichedChain } from './contract/types';
import type { ChainSummary, ChainUpdate, UnderlyingUpdate } from './live/events';
import { LiveConnection } from './live/live-connection';
import type { Market } from './market';
import type { MarketApi } from './rest/market-api';
import { problemFrom, wantsCredentials, type Problem } from './rest/problem';
import { untilAnswered } from './rest/retry';
import { publishedAt, withChain } from './state/chains';
import { CONNECTING, nextConnection, type ConnectionEvent } from './state/connection';
import { withExpiry } from './state/expiries';
import { EMPTY, failed, ready, valueOf } from './state/loadable';
import type { MarketState } from './state/market-state';
import { fetchMissingParts } from './state/parts';
import { extendTrail, prependHistory } from './state/price-trail';
import { withProducts } from './state/products';
import { Shared } from './state/shared';

/** Milliseconds between two looks at the feed's status, which also finds new products. */
const LOOK_EVERY = 5_000;

/** As many prices as the REST listing gives at once. */
const TICKS_FETCHED = 1_000;

/** One connected life of a market: history by REST, changes by Socket.IO, both into its state. */
export class MarketSession {
  readonly #state: MarketState;
  readonly #live: LiveConnection;
  readonly #shared = new Shared();
  readonly #ended = new AbortController();

  constructor(
    private readonly market: Market,
    private readonly api: MarketApi,
  ) {
    this.#state = market.state;
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
    void this.#fetchExpiries(product, signal);
    void this.#fetchTrail(product, signal);
    const unfollow = this.#live.follow({ type: 'chain', symbol: product });
    return () => {
      left.abort();
      unfollow();
    };
  }

  #beginChain(product: string, expiry: string): () => void {
    const left = new AbortController();
    const signal = AbortSignal.any([left.signal, this.#ended.signal]);
    void this.#fetchChain(product, expiry, signal);
    return () => {
      left.abort();
    };
  }

  #start(): void {
    const { signal } = this.#ended;
    void this.#live.open();
    void this.#fetchProducts(signal);
    void this.#fetchFeedStatus(signal);
    const timer = setInterval(() => {
      // Who may not read is not told either; a connection that is let in asks anew.
      const isLocked = this.#state.locked.peek() !== undefined;
      if (!document.hidden && !isLocked) void this.#fetchFeedStatus(signal);
    }, LOOK_EVERY);
    signal.addEventListener('abort', () => {
      clearInterval(timer);
    });
  }

  async #fetchProducts(signal: AbortSignal): Promise<void> {
    const { products } = this.#state;
    const answer = await this.#untilAnswered(
      (attempt) => this.api.products(attempt),
      signal,
      (problem) => {
        products.value = failed(products.value, problem);
      },
    );
    if (answer !== undefined) products.value = withProducts(products.value, answer.details);
  }

  /** Sees what no event tells: the session of the market, and products that came later. */
  async #fetchFeedStatus(signal: AbortSignal): Promise<void> {
    const { feed, products } = this.#state;
    try {
      const status = await this.api.feedStatus(signal);
      const described = status.products.flatMap(({ product }) => product ?? []);
      batch(() => {
        feed.value = ready(status);
        if (described.length > 0) products.value = withProducts(products.value, described);
      });
    } catch (thrown) {
      if (signal.aborted) return;
      // The next look asks again.
      const problem = problemFrom(thrown);
      feed.value = failed(feed.value, problem);
      this.#noteLock(problem);
    }
  }

  async #untilAnswered<Answer>(
    ask: (signal: AbortSignal) => Promise<Answer>,
    signal: AbortSignal,
    onProblem: (problem: Problem) => void,
  ): Promise<Answer | undefined> {
    const onEveryProblem = (problem: Problem): void => {
      this.#noteLock(problem);
      onProblem(problem);
    };
    return untilAnswered(ask, signal, onEveryProblem, () => this.market.unlocked);
  }

  /** Notes that reading takes credentials which are not there. */
  #noteLock(problem: Problem): void {
    if (wantsCredentials(problem)) this.#state.locked.value = problem;
  }

  async #fetchExpiries(product: string, signal: AbortSignal): Promise<void> {
    const expiries = this.#state.expiries.at(product);
    const answer = await this.#untilAnswered(
      (attempt) => this.api.expiries(product, attempt),
      signal,
      (problem) => {
        expiries.value = failed(expiries.value, problem);
      },
    );
    if (answer === undefined) return;
    const known = valueOf(expiries.value) ?? [];
    const all = known.reduce(withExpiry, answer);
    expiries.value = all.length > 0 ? ready(all) : EMPTY;
  }

  async #fetchTrail(product: string, signal: AbortSignal): Promise<void> {
    const trail = this.#state.trails.at(product);
    // A page with no past is whole without it: failures are not shown.
    const ticks = await this.#untilAnswered(
      (attempt) => this.api.ticks(product, TICKS_FETCHED, attempt),
      signal,
      () => undefined,
    );
    if (ticks !== undefined) trail.value = prependHistory(trail.value, ticks);
  }

  async #fetchChain(product: string, expiry: string, signal: AbortSignal): Promise<void> {
    const chain = this.#state.chains.at(product, expiry);
    const answer = await this.#untilAnswered(
      async (attempt) => ({ chain: await this.api.latestChain(product, expiry, attempt) }),
      signal,
      (problem) => {
        chain.value = failed(chain.value, problem);
      },
    );
    if (answer?.chain !== undefined) this.#takeIn(answer.chain);
    else if (answer !== undefined && chain.value.state !== 'ready') chain.value = EMPTY;
  }

  #onConnection(event: ConnectionEvent): void {
    const { connection } = this.#state;
    connection.value = nextConnection(connection.value, event);
    if (event.type === 'refused') this.#noteLock({ ...event, temporary: false });
    if (event.type !== 'opened') return;
    this.#state.locked.value = undefined;
    this.market.clock.forget();
    this.market.arrivals.forgetSequences();
    void this.#fetchFeedStatus(this.#ended.signal);
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
    this.#takeIn(chain);
  }

  #takeIn(arrived: EnrichedChain): void {
    const chain = this.#state.chains.at(arrived.product, arrived.expiry);
    chain.value = withChain(chain.value, arrived);
  }
}
