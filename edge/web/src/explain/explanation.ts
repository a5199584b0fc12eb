/** What stands behind a figure: all that somebody needs who doubts it. */
export interface Explanation {
  /** What the figure is: "Implied volatility, 24,600 call". */
  readonly heading: string;
  /** The figure as it is shown; a dash where it is missing. */
  readonly value: string;
  /** Why it is missing, in a sentence. */
  readonly missing?: string;
  /** How it is computed. */
  readonly formula?: string;
  /** What it was computed from: names and figures. */
  readonly inputs: readonly (readonly [name: string, value: string])[];
  /** Units, day counts, sign: what a reader must know to compare it. */
  readonly convention?: string;
  /** When it was true: RFC 3339, of the exchange's clock. */
  readonly timestamp?: string;
  /**
   * When the feed published it: RFC 3339, of the server's clock. Ages are counted from here where
   * it is known, since a replay's own times are long past.
   */
  readonly publishedAt?: string;
}

/** The event by which an element asks its screen to explain a figure. */
export const EXPLAIN = 'ds-explain';

/** Asks for an explanation to be shown. */
export function explain(origin: HTMLElement, explanation: Explanation): void {
  origin.dispatchEvent(
    new CustomEvent(EXPLAIN, { detail: explanation, bubbles: true, composed: true }),
  );
}
