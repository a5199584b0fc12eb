/** Values that may not be known. */

/** What stands in the place of a value that is not known. */
export const MISSING = '–';

/** A value of the contract that may be absent; proto JSON leaves such a field out. */
export type Maybe<T> = T | null | undefined;
