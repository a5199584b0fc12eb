import type { Product } from '../contract/types';

type Named = Pick<Product, 'symbol' | 'name'>;

/** How well a product fits what is typed, best first; none of them is no fit. */
const FITS: readonly ((product: Named, typed: string) => boolean)[] = [
  ({ symbol }, typed) => symbol.toLowerCase() === typed,
  ({ symbol }, typed) => symbol.toLowerCase().startsWith(typed),
  ({ name }, typed) => name.toLowerCase().startsWith(typed),
  ({ name }, typed) => name.toLowerCase().includes(` ${typed}`),
  ({ symbol }, typed) => symbol.toLowerCase().includes(typed),
  ({ name }, typed) => name.toLowerCase().includes(typed),
];

/**
 * The products that fit what is typed, by symbol or name, best first; all of them for nothing.
 *
 * Products that fit equally well keep their order.
 */
export function searchProducts<Found extends Named>(
  products: readonly Found[],
  text: string,
): readonly Found[] {
  const typed = text.trim().toLowerCase();
  if (typed === '') return products;
  return products
    .map((product) => ({ product, fit: FITS.findIndex((fits) => fits(product, typed)) }))
    .filter(({ fit }) => fit >= 0)
    .sort((one, other) => one.fit - other.fit)
    .map(({ product }) => product);
}
