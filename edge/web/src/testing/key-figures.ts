import type { KeyFigure } from '../elements/key-figures';

/** The key figure of a name. */
export function figureNamed(figures: readonly KeyFigure[], name: string): KeyFigure {
  const found = figures.find((figure) => figure.name === name);
  if (found === undefined) throw new Error(`there is no figure named ${name}`);
  return found;
}
