import { signal, type Signal } from '@preact/signals-core';

/** One signal a key, made when it is first asked for, so that a reader may come before the data. */
export class SignalMap<Value> {
  readonly #signals = new Map<string, Signal<Value>>();

  constructor(private readonly initial: Value) {}

  at(...key: readonly string[]): Signal<Value> {
    const name = key.join('\n');
    let found = this.#signals.get(name);
    if (found === undefined) {
      found = signal(this.initial);
      this.#signals.set(name, found);
    }
    return found;
  }
}
