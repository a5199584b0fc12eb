import { signal, type Signal } from '@preact/signals-core';

import type { Mode } from '../state/place';
import { RANKED } from './column-fit';
import type { ColumnId } from './columns';

const KEY = 'deltastream.chain.columns';

/** What is shown until somebody chooses. */
export const CHOSEN_AT_FIRST: Readonly<Record<Mode, ReadonlySet<ColumnId>>> = {
  price: new Set(RANKED.price),
  greeks: new Set(['open_interest', 'last', 'iv', 'delta', 'gamma', 'theta', 'vega']),
};

/**
 * Which columns of the chain somebody wants to see, for each mode apart.
 *
 * It is kept in the storage that it is given, and forgotten there when it is reset, so that who
 * never chose gets what later versions show at first. Other tabs learn of it when they are loaded.
 */
export class ColumnChoice {
  readonly #chosen: Readonly<Record<Mode, Signal<ReadonlySet<ColumnId>>>>;

  constructor(private readonly storage: Storage | undefined) {
    const stored = read(storage);
    this.#chosen = {
      price: signal(known('price', stored.price)),
      greeks: signal(known('greeks', stored.greeks)),
    };
  }

  /** The columns that a mode is to show; never none. */
  of(mode: Mode): ReadonlySet<ColumnId> {
    return this.#chosen[mode].value;
  }

  /** Shows a pair of columns, or hides it; the last one stays. */
  toggle(mode: Mode, id: ColumnId): void {
    const before = this.#chosen[mode].peek();
    const others = [...before].filter((each) => each !== id);
    const after = before.has(id) ? others : [...before, id];
    if (after.length > 0) this.#choose(mode, new Set(after));
  }

  /** Shows what a mode shows at first. */
  reset(mode: Mode): void {
    this.#choose(mode, CHOSEN_AT_FIRST[mode]);
  }

  #choose(mode: Mode, columns: ReadonlySet<ColumnId>): void {
    this.#chosen[mode].value = columns;
    const { price, greeks } = this.#chosen;
    write(this.storage, {
      ...(price.peek() !== CHOSEN_AT_FIRST.price && { price: [...price.peek()] }),
      ...(greeks.peek() !== CHOSEN_AT_FIRST.greeks && { greeks: [...greeks.peek()] }),
    });
  }
}

type Stored = Readonly<Partial<Record<Mode, unknown>>>;

/** What is stored, less what this version does not know. */
function known(mode: Mode, stored: unknown): ReadonlySet<ColumnId> {
  const columns = Array.isArray(stored) ? RANKED[mode].filter((id) => stored.includes(id)) : [];
  return columns.length > 0 ? new Set(columns) : CHOSEN_AT_FIRST[mode];
}

function read(storage: Storage | undefined): Stored {
  try {
    return (JSON.parse(storage?.getItem(KEY) ?? '{}') ?? {}) as Stored;
  } catch {
    return {};
  }
}

function write(storage: Storage | undefined, choice: Stored): void {
  try {
    if (Object.keys(choice).length === 0) storage?.removeItem(KEY);
    else storage?.setItem(KEY, JSON.stringify(choice));
  } catch {
    // A full or forbidden storage costs the memory of a choice, nothing else.
  }
}

let shared: ColumnChoice | undefined;

/** The one choice of the page, kept by the browser for the site that the page is of. */
export function columnChoice(): ColumnChoice {
  shared ??= new ColumnChoice(pageStorage());
  return shared;
}

/** A page in a sandboxed frame has none, and says so by throwing. */
function pageStorage(): Storage | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
