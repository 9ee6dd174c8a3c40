// The routes of all parts are one list, which every request is matched against. It is put together anew only when a part gives
// another one than last time: after a reload.

/** `finish` is given all of them in order, and its answer is kept for as long as the lists are the same objects. */
export function joined<T>(
  lists: () => readonly (readonly T[])[],
  finish: (all: readonly T[]) => readonly T[],
): () => readonly T[] {
  let from: readonly (readonly T[])[] = [];
  let made: readonly T[] | null = null;
  return () => {
    const now = lists();
    if (made === null || now.length !== from.length || now.some((list, index) => list !== from[index])) {
      from = now;
      made = finish(now.flat());
    }
    return made;
  };
}
