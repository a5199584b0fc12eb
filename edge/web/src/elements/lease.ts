/** Something acquired for a key and given back when the key changes. */
export class Lease {
  #key = '';
  #release: (() => void) | undefined;

  /** Acquires for this key, unless that is what is held already. An empty key only gives back. */
  take(key: string, acquire: () => () => void): void {
    if (key === this.#key) return;
    this.end();
    this.#key = key;
    if (key !== '') this.#release = acquire();
  }

  /** Gives back what is held. */
  end(): void {
    this.#release?.();
    this.#release = undefined;
    this.#key = '';
  }
}
