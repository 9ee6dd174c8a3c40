// Chance that can be had again: the same seed and name give the same numbers, whatever runs beside.

/** Numbers from 0 (included) to 1 (mulberry32 over an FNV-1a hash of the words). */
export function randomOf(seed: number, name: string): () => number {
  let state = 0x811c9dc5;
  for (const each of `${seed}/${name}`) state = Math.imul(state ^ (each.codePointAt(0) ?? 0), 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
