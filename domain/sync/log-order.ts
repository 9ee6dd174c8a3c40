// Where entries go that were added on two sides: the base gives the order, what is new stands where its side has put it, and
// two additions at one place are merged like two sorted lists, so that each keeps its own order.

export interface OrderInput {
  /** Numbers below this are entries of the base, in order. */
  readonly base: number;
  readonly first: readonly number[];
  readonly second: readonly number[];
  readonly newestFirst: boolean;
  /** An addition without a date stays with the one before it: lines of one thought are not shuffled. */
  readonly together: boolean;
  readonly date: (entry: number) => string | null;
  /** Decides where dates do not. */
  readonly identity: (entry: number) => string;
}

interface Item {
  readonly entry: number;
  /** Its own, or that of the one before it in its run. */
  readonly date: string;
  readonly dated: boolean;
}

const START = -1;

/** All entries in their order: those of the base, each followed by what was added after it. */
export function orderEntries(input: OrderInput): readonly number[] {
  const sides = pastLostEnds([anchorsOf(input.first, input), anchorsOf(input.second, input)], input.base - 1);
  const place = (entry: number): number => Math.max(...sides.map((each) => each.get(entry) ?? START));
  const [first, second] = sides.map((each) => runsOf(each, place));
  const order: number[] = [];
  for (let anchor = START; anchor < input.base; anchor++) {
    if (anchor !== START) order.push(anchor);
    // Where they contradict each other, the later side's order counts: merging the result again then changes nothing.
    for (const entry of mergeRuns(second?.get(anchor) ?? [], first?.get(anchor) ?? [], input)) {
      order.push(entry);
    }
  }
  return order;
}

interface Anchors {
  /** The entry of the base that each addition follows. */
  readonly anchors: ReadonlyMap<number, number>;
  /** What was added at the end of a log that has lost its last entries. */
  readonly atLostEnd: readonly number[];
}

function anchorsOf(order: readonly number[], { base, newestFirst }: OrderInput): Anchors {
  const anchors = new Map<number, number>();
  let anchor = START;
  let highest = START;
  let run: number[] = [];
  for (const entry of order) {
    if (entry < base) {
      anchor = entry;
      highest = Math.max(highest, entry);
      run = [];
    } else {
      anchors.set(entry, anchor);
      run.push(entry);
    }
  }
  const lost = !newestFirst && anchor === highest && highest < base - 1;
  return { anchors, atLostEnd: lost ? run : [] };
}

/**
 * The last entries stay where a side has lost them, and what it added after them goes after them: unless the other side has
 * some of that as well, and tells where it stands.
 */
function pastLostEnds(
  sides: readonly [Anchors, Anchors],
  end: number,
): readonly ReadonlyMap<number, number>[] {
  const others = [sides[1], sides[0]];
  const ends = others.map(({ atLostEnd }) => new Set(atLostEnd));
  const told = sides.some(({ atLostEnd }, index) =>
    atLostEnd.some((entry) => others[index]?.anchors.has(entry) === true && ends[index]?.has(entry) !== true),
  );
  return sides.map(({ anchors, atLostEnd }, index) => {
    const known = atLostEnd.some((entry) => others[index]?.anchors.has(entry));
    return told && known
      ? anchors
      : new Map([...anchors, ...atLostEnd.map((entry) => [entry, end] as const)]);
  });
}

function runsOf(
  anchors: ReadonlyMap<number, number>,
  place: (entry: number) => number,
): ReadonlyMap<number, number[]> {
  const runs = new Map<number, number[]>();
  for (const [entry, anchor] of anchors) {
    // Both sides have it, and the other one further down: there it goes.
    if (place(entry) !== anchor) continue;
    const run = runs.get(anchor);
    if (run === undefined) runs.set(anchor, [entry]);
    else run.push(entry);
  }
  return runs;
}

/** Two runs at one place. What both have is where they are held together, as far as both have it in the same order. */
function mergeRuns(
  first: readonly number[],
  second: readonly number[],
  input: OrderInput,
): readonly number[] {
  if (first.length === 0 || second.length === 0) return first.length === 0 ? second : first;
  const position = new Map(second.map((entry, index) => [entry, index]));
  const common = first.filter((entry) => position.has(entry));
  const joints = new Set(longestRise(common, (entry) => position.get(entry) ?? 0));
  const crossing = new Set(common.filter((entry) => !joints.has(entry)));
  const left = itemsOf(first, input);
  const right = itemsOf(second, input).filter(({ entry }) => !crossing.has(entry));
  const merged: number[] = [];
  let [i, j] = [0, 0];
  for (const joint of [...common.filter((entry) => joints.has(entry)), null]) {
    const [toLeft, toRight] = [indexFrom(left, i, joint), indexFrom(right, j, joint)];
    for (const entry of interleaved(left.slice(i, toLeft), right.slice(j, toRight), input))
      merged.push(entry);
    if (joint !== null) merged.push(joint);
    [i, j] = [toLeft + 1, toRight + 1];
  }
  return merged;
}

function indexFrom(items: readonly Item[], from: number, entry: number | null): number {
  let index = from;
  while (index < items.length && items[index]?.entry !== entry) index++;
  return index;
}

function itemsOf(run: readonly number[], { date }: OrderInput): readonly Item[] {
  let last = '';
  return run.map((entry) => {
    const own = date(entry);
    last = own ?? last;
    return { entry, date: last, dated: own !== null };
  });
}

function interleaved(left: readonly Item[], right: readonly Item[], input: OrderInput): readonly number[] {
  const merged: number[] = [];
  let [i, j] = [0, 0];
  let last: 'left' | 'right' | null = null;
  for (;;) {
    const [a, b] = [left[i], right[j]];
    if (a === undefined || b === undefined) break;
    const stays: boolean = input.together && last !== null && !(last === 'left' ? a : b).dated;
    if (!stays) last = precedes(a, b, input) ? 'left' : 'right';
    if (last === 'left') i++;
    else j++;
    merged.push((last === 'left' ? a : b).entry);
  }
  return [...merged, ...[...left.slice(i), ...right.slice(j)].map(({ entry }) => entry)];
}

function precedes(a: Item, b: Item, { newestFirst, identity }: OrderInput): boolean {
  if (a.date !== b.date) return a.date < b.date !== newestFirst;
  return identity(a.entry) < identity(b.entry);
}

/** A longest part of a list, in its order, whose ranks rise. O(n log n). */
function longestRise(list: readonly number[], rank: (entry: number) => number): readonly number[] {
  const ends: number[] = [];
  const before = new Map<number, number | undefined>();
  for (const entry of list) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rank(ends[middle] ?? 0) < rank(entry)) low = middle + 1;
      else high = middle;
    }
    before.set(entry, ends[low - 1]);
    ends[low] = entry;
  }
  const rise: number[] = [];
  for (let entry = ends.at(-1); entry !== undefined; entry = before.get(entry)) rise.push(entry);
  return rise.reverse();
}
