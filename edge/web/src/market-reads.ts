import { batch } from '@preact/signals-core';

import type { MarketApi } from './rest/market-api';
import { problemFrom, wantsCredentials, type Problem } from './rest/problem';
import { untilAnswered } from './rest/retry';
import { withChain } from './state/chains';
import { withExpiry } from './state/expiries';
import { EMPTY, failed, ready, valueOf } from './state/loadable';
import type { MarketState } from './state/market-state';
import { prependHistory } from './state/price-trail';
import { withProducts } from './state/products';

/** As many prices as the REST listing gives at once. */
const TICKS_FETCHED = 1_000;

/** What the reads need of the market. */
export interface ReadMarket {
  readonly state: MarketState;
  /** Ends with the next change of credentials. */
  readonly unlocked: Promise<void>;
}

/**
 * What is read of a market by REST, into its state.
 *
 * Each read is repeated until there is an answer or its signal is aborted; why there is none stands
 * in the state meanwhile.
 */
export class MarketReads {
  readonly #state: MarketState;

  constructor(
    private readonly market: ReadMarket,
    private readonly api: MarketApi,
  ) {
    this.#state = market.state;
  }

  async products(signal: AbortSignal): Promise<void> {
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

  /**
   * Sees what no event tells: the session of the market, and products that came later.
   *
   * Asks once: whoever wants it looks again and again.
   */
  async feedStatus(signal: AbortSignal): Promise<void> {
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
      const problem = problemFrom(thrown);
      feed.value = failed(feed.value, problem);
      this.#noteLock(problem);
    }
  }

  async expiries(product: string, signal: AbortSignal): Promise<void> {
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

  async trail(product: string, signal: AbortSignal): Promise<void> {
    const trail = this.#state.trails.at(product);
    // A page with no past is whole without it: failures are not shown.
    const ticks = await this.#untilAnswered(
      (attempt) => this.api.ticks(product, TICKS_FETCHED, attempt),
      signal,
      () => undefined,
    );
    if (ticks !== undefined) trail.value = prependHistory(trail.value, ticks);
  }

  async chain(product: string, expiry: string, signal: AbortSignal): Promise<void> {
    const chain = this.#state.chains.at(product, expiry);
    const answer = await this.#untilAnswered(
      async (attempt) => ({ chain: await this.api.latestChain(product, expiry, attempt) }),
      signal,
      (problem) => {
        chain.value = failed(chain.value, problem);
      },
    );
    if (answer?.chain !== undefined) chain.value = withChain(chain.value, answer.chain);
    else if (answer !== undefined && chain.value.state !== 'ready') chain.value = EMPTY;
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
}
