/** Key figures with what stands behind them, of an answer that says why a figure is absent. */
import { missingSentence } from '../contract/missing';
import type { MissingValue } from '../contract/types';
import type { KeyFigure } from '../elements/key-figures';
import { type Maybe, MISSING } from '../format/absent';
import type { ProductFormat } from '../format/product-format';
import type { Explanation } from './explanation';

/** What a figure is of. */
export interface FigureSource {
  readonly timestamp?: Maybe<string>;
  readonly published_at?: Maybe<string>;
  readonly missing: readonly MissingValue[];
}

/** A figure, and what stands behind it. */
export interface FigureParts extends Pick<Explanation, 'formula' | 'inputs' | 'convention'> {
  readonly name: string;
  /** What it is, in full. */
  readonly heading: string;
  /** Its name in the answer, under which the answer says why it is absent. */
  readonly field: string;
  /** As it is written; a dash where it is missing. */
  readonly value: string;
  /** What is said beside it; not of a figure that is missing. */
  readonly note?: string | undefined;
  /** Why it is missing, where there is no answer that could say so. */
  readonly unanswered?: string | undefined;
}

/** Puts a key figure together. One that is missing says why in the place of its note. */
export function keyFigure(source: FigureSource, parts: FigureParts): KeyFigure {
  const { name, heading, field, value, note, unanswered, ...grounds } = parts;
  const missing = value === MISSING ? (unanswered ?? whyMissing(source, field)) : undefined;
  const remark = missing ?? note;
  return {
    name,
    value,
    ...(remark !== undefined && { note: remark }),
    explanation: {
      heading,
      value,
      ...grounds,
      ...(missing !== undefined && { missing }),
      ...(source.timestamp != null && { timestamp: source.timestamp }),
      ...(source.published_at != null && { publishedAt: source.published_at }),
    },
  };
}

/** The price of the underlying that an answer is of; `use` is what was computed from its chain. */
export function spotFigure(
  answer: FigureSource & { readonly spot_price?: Maybe<number> },
  use: string,
  format: ProductFormat,
): KeyFigure {
  return keyFigure(answer, {
    name: 'Spot',
    heading: 'Price of the underlying',
    field: 'spot_price',
    value: format.price(answer.spot_price),
    inputs: [],
    convention: `As the source stated it with the chain that the ${use} is computed from.`,
  });
}

/** Why a figure of an answer is absent. */
export function whyMissing({ missing }: FigureSource, field: string): string {
  return missingSentence(missing.find((each) => each.field === field)?.reason);
}
