// Which entries of three versions of a log are the same one: by what they say, and, for one that says something else than
// before, by what it is about.
import { isEditOf, type Log, type LogEntry } from './log-entries.js';
import type { LogKind } from './log-kind.js';

/**
 * Entries by number: those of the base from 0 in their order, then the new ones. One number is one entry, wherever it stands;
 * an edited entry keeps its number.
 */
export interface MatchedSide {
  /** The numbers in the order of this side. */
  readonly order: readonly number[];
  /** Index in the side's parts, by number. */
  readonly at: ReadonlyMap<number, number>;
  /** Entries of the base that say something else here. */
  readonly edited: ReadonlySet<number>;
  /** Entries of the base in whose place stands one here that the other side has as well. */
  readonly replaced: ReadonlySet<number>;
}

export interface Matched {
  /** Entries of the base. */
  readonly base: number;
  /** Entries in all. */
  readonly count: number;
  /** Entries of the base that repeat an earlier one of it: nothing is lost with them. */
  readonly repeated: ReadonlySet<number>;
  readonly first: MatchedSide;
  readonly second: MatchedSide;
}

/** How many entries of the same key are looked at for the one that was edited. */
const LOOK_AHEAD = 8;

/** Numbers the entries. Linear in their number. */
export function matchLogs(base: Log, first: Log, second: Log, kind: LogKind): Matched {
  // A line may well say twice what happened twice; an entry under a heading that is there again was added by two.
  const numbering = new Map<string, number[]>();
  const entries = base.parts.slice(1);
  for (const [number, { plain }] of entries.entries()) {
    const numbers = numbering.get(plain);
    if (numbers === undefined) numbering.set(plain, [number]);
    else numbers.push(number);
  }
  const repeated =
    kind.by === 'heading' ? [...numbering.values()].flatMap((numbers) => numbers.slice(1)) : [];
  let count = entries.length;
  const numbers = [first, second].map((side) =>
    numbered(side, numbering, () => count++, kind.by === 'heading'),
  );
  const [ours = [], theirs = []] = numbers;
  const pair = { base: entries, kind };
  return {
    base: entries.length,
    count,
    repeated: new Set(repeated),
    first: matchedSide(pair, first, ours, new Set(theirs)),
    second: matchedSide(pair, second, theirs, new Set(ours)),
  };
}

/** The number of each entry of a side; null for one that it has twice and the base has not. */
function numbered(
  side: Log,
  numbering: Map<string, number[]>,
  next: () => number,
  once: boolean,
): readonly (number | null)[] {
  const seen = new Map<string, number>();
  return side.parts.slice(1).map(({ plain }) => {
    const occurrence = seen.get(plain) ?? 0;
    seen.set(plain, occurrence + 1);
    const numbers = numbering.get(plain) ?? [];
    const known = numbers[occurrence];
    if (known !== undefined) return known;
    if (once && occurrence > 0) return null;
    const number = next();
    numbers.push(number);
    numbering.set(plain, numbers);
    return number;
  });
}

function matchedSide(
  { base, kind }: { readonly base: readonly LogEntry[]; readonly kind: LogKind },
  side: Log,
  numbers: readonly (number | null)[],
  others: ReadonlySet<number | null>,
): MatchedSide {
  const replacements = replacementsOf(base, side, numbers, kind);
  const edited = new Map<number, number>();
  const replaced = new Set<number>();
  for (const [gone, index] of replacements) {
    if (others.has(numbers[index] ?? null)) replaced.add(gone);
    else edited.set(index, gone);
  }
  const order: number[] = [];
  const at = new Map<number, number>();
  for (const [index, own] of numbers.entries()) {
    const number = edited.get(index) ?? own;
    if (number === null) continue;
    order.push(number);
    at.set(number, index + 1);
  }
  return { order, at, edited: new Set(edited.values()), replaced };
}

/** For entries of the base that are gone: index of the new entry that stands for it. */
function replacementsOf(
  base: readonly LogEntry[],
  side: Log,
  numbers: readonly (number | null)[],
  kind: LogKind,
): ReadonlyMap<number, number> {
  const present = new Set(numbers);
  const free = new Map<string, number[]>();
  for (const [index, number] of numbers.entries()) {
    const key = side.parts[index + 1]?.key;
    if (number === null || number < base.length || key === undefined) continue;
    const same = free.get(key);
    if (same === undefined) free.set(key, [index]);
    else same.push(index);
  }
  const found = new Map<number, number>();
  const passed = new Map<string, number>();
  for (const [gone, entry] of base.entries()) {
    if (present.has(gone)) continue;
    const same = free.get(entry.key) ?? [];
    const from = passed.get(entry.key) ?? 0;
    const ahead = same.slice(from, from + LOOK_AHEAD);
    const match = ahead.findIndex((index) => isEditOf(entry, side.parts[index + 1] ?? entry, kind));
    if (match === -1) continue;
    found.set(gone, same[from + match] ?? 0);
    passed.set(entry.key, from + match + 1);
  }
  return found;
}
