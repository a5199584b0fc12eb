/**
 * Makes a function that answers again what it answered last, for as long as it is given the same.
 *
 * For what is costly to make and is compared by identity: a screen draws more often than its
 * figures change.
 */
export function remember<Given extends readonly unknown[], Made>(
  make: (...given: Given) => Made,
): (...given: Given) => Made {
  let last: { readonly given: Given; readonly made: Made } | undefined;
  return (...given) => {
    const isSame = last?.given.every((one, at) => Object.is(one, given[at])) ?? false;
    if (last === undefined || !isSame) last = { given, made: make(...given) };
    return last.made;
  };
}
