// One seed makes one story: a failure is told with its seed and comes back with NXS_TEST_SEED.

export interface Random {
  /** 0 <= n < 1 */
  next(): number;
  /** An integer below `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  bytes(length: number): Buffer;
}

/** mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[below(list.length)] as T;
    },
    bytes(length) {
      const words = new Uint32Array(Math.ceil(length / 4));
      for (let at = 0; at < words.length; at += 1) words[at] = below(2 ** 32);
      return Buffer.from(words.buffer, 0, length);
    },
  };
}

/** The seed of this test run: NXS_TEST_SEED, or a fixed one, so that `npm test` is the same every time. */
export function seedOf(fallback: number): number {
  const given = process.env['NXS_TEST_SEED'];
  return given === undefined ? fallback : Number(given);
}
