import type { Later } from '../rest/watches';

interface Due {
  readonly at: number;
  readonly action: () => void;
}

/** Timers whose time passes when a test says so; those of the platform go on as they do. */
export class HandTimers {
  #now = 0;
  readonly #due = new Set<Due>();

  readonly later: Later = (milliseconds, action) => {
    const due = { at: this.#now + milliseconds, action };
    this.#due.add(due);
    return () => this.#due.delete(due);
  };

  /** Lets time pass; what becomes due is done in its order. */
  pass(milliseconds: number): void {
    const until = this.#now + milliseconds;
    for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
      this.#due.delete(next);
      this.#now = next.at;
      next.action();
    }
    this.#now = until;
  }

  #next(until: number): Due | undefined {
    return [...this.#due].filter(({ at }) => at <= until).toSorted((a, b) => a.at - b.at)[0];
  }
}
