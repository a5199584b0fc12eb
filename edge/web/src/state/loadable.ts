import type { Problem } from '../rest/problem';

/** Something that comes from the server, and how far it has come. */
export type Loadable<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'empty' }
  | { readonly state: 'failed'; readonly problem: Problem };

export const LOADING: Loadable<never> = { state: 'loading' };
export const EMPTY: Loadable<never> = { state: 'empty' };

export function ready<Value>(value: Value): Loadable<Value> {
  return { state: 'ready', value };
}

/** The value, where there is one. */
export function valueOf<Value>(loadable: Loadable<Value>): Value | undefined {
  return loadable.state === 'ready' ? loadable.value : undefined;
}

/** A failure to refresh never takes away a value that is already shown. */
export function failed<Value>(current: Loadable<Value>, problem: Problem): Loadable<Value> {
  return current.state === 'ready' ? current : { state: 'failed', problem };
}
