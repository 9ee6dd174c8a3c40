// A store that keeps one copy of an object by its id cannot be given a good copy in place. Other cuts make other ids.

/**
 * Ways to cut a file of `size` bytes, each a list of piece sizes (the last one repeated), all of at least two pieces and none
 * above `most` bytes, beginning with the fewest pieces. `before`: sizes of the pieces that it is kept in now. Empty for a file
 * of less than 2 bytes.
 */
export function otherCuts(
  size: number,
  before: readonly number[],
  most: number,
): readonly (readonly number[])[] {
  const base = Math.min(Math.max(...before, 1), most, size);
  const lengths = [...Array(9).keys()].map((n) => Math.max(1, Math.floor((base * (9 - n)) / 10)));
  const usable = [...new Set(lengths)].filter((length) => length < size);
  return usable.flatMap((length) => {
    const uneven = Math.ceil(length / 2);
    return uneven === length ? [[length]] : [[length], [uneven, length]];
  });
}
