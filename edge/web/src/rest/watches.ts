import type { ReadonlySignal } from '@preact/signals-core';

import { failed, LOADING, ready, type Loadable } from '../state/loadable';
import { Shared } from '../state/shared';
import { SignalMap } from '../state/signal-map';
import type { MarketApi } from './market-api';
import { problemFrom } from './problem';
import { addressOf, type Answer, type Read, type ReadPath } from './read';

/** The longest wait, in milliseconds, before a failed read is tried again. */
const AGAIN_WITHIN = 5_000;

/** Does something after so many milliseconds, unless the returned function is called before. */
export type Later = (milliseconds: number, action: () => void) => () => void;

interface Watch {
  readonly ask: () => void;
  readonly end: () => void;
}

/**
 * Answers that somebody keeps looking at: asked for once for all who look, and again and again
 * for as long as anybody does and the page is seen. The last answer stays when asking fails.
 */
export class Watches {
  readonly #answers = new SignalMap<Loadable<unknown>>(LOADING);
  readonly #shared = new Shared();
  readonly #running = new Set<Watch>();

  constructor(
    private readonly api: MarketApi,
    private readonly later: Later = onTimer,
  ) {}

  /** Asks at once for all that is watched: other credentials may get another answer. */
  askAgain(): void {
    for (const watch of this.#running) watch.ask();
  }

  /** The latest answer to a read; loading until somebody watches it. */
  answer<Path extends ReadPath>(read: Read<Path>): ReadonlySignal<Loadable<Answer<Path>>> {
    return this.#answers.at(addressOf(read)) as ReadonlySignal<Loadable<Answer<Path>>>;
  }

  /** Keeps an answer fresh, every so many milliseconds, until the returned function is called. */
  watch<Path extends ReadPath>(read: Read<Path>, every: number): () => void {
    return this.#shared.hold(`${addressOf(read)} ${every}`, () => {
      const watch = this.#start(read, every);
      this.#running.add(watch);
      return () => {
        watch.end();
        this.#running.delete(watch);
      };
    });
  }

  #start<Path extends ReadPath>(read: Read<Path>, every: number): Watch {
    let forget = (): void => undefined;
    let latest = new AbortController();
    const end = (): void => {
      forget();
      latest.abort();
    };
    const look = async (): Promise<void> => {
      // Of two looks that overlap, the earlier could be answered last.
      end();
      latest = new AbortController();
      const { signal } = latest;
      const isFine = document.hidden || (await this.#look(read, signal));
      if (signal.aborted) return;
      const wait = isFine ? every : Math.min(every, AGAIN_WITHIN);
      forget = this.later(wait, () => void look());
    };
    void look();
    return { ask: () => void look(), end };
  }

  /** Asks once; says whether there was an answer. */
  async #look<Path extends ReadPath>(read: Read<Path>, signal: AbortSignal): Promise<boolean> {
    const answer = this.#answers.at(addressOf(read));
    try {
      answer.value = ready(await this.api.read(read, signal));
      return true;
    } catch (thrown) {
      if (!signal.aborted) answer.value = failed(answer.value, problemFrom(thrown));
      return false;
    }
  }
}

function onTimer(milliseconds: number, action: () => void): () => void {
  const timer = setTimeout(action, milliseconds);
  return () => {
    clearTimeout(timer);
  };
}
