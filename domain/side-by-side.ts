// Many small waits, a few at a time.

/** `work` for each item, at most `width` at once; answers in the items' order. Rejects with the first error. */
export async function sideBySide<T, R>(
  items: readonly T[],
  width: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const answers = new Array<R>(items.length);
  const left = items.entries();
  const one = async (): Promise<void> => {
    for (const [index, item] of left) answers[index] = await work(item);
  };
  await Promise.all(Array.from({ length: width }, one));
  return answers;
}
