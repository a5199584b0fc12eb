/** What is begun for whoever wants it first and ended when the last one wants it no more. */
export class Shared {
  readonly #running = new Map<string, { holders: number; readonly end: () => void }>();

  /** Holds what has this key, begun unless it is running, until the returned function is called. */
  hold(key: string, begin: () => () => void): () => void {
    const one = this.#running.get(key) ?? { holders: 0, end: begin() };
    this.#running.set(key, one);
    one.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      one.holders -= 1;
      if (one.holders > 0) return;
      this.#running.delete(key);
      one.end();
    };
  }
}
