// Two versions of a log become one that has the entries of both, each once, each side's order kept (SYNC.md 4.3, append).
import { isSpaced, parseLog, startOf, type Entry, type Log, type Start } from './log-entries.js';

export interface LogMergeInput {
  /** Null: there was no version that both had. */
  readonly base: string | null;
  readonly hub: string;
  readonly local: string;
  /** The side whose stamp is the later one: its preamble stays, and of two edits of one entry it comes second. */
  readonly later: 'hub' | 'local';
  /** Identities of entries that were removed on purpose. */
  readonly forgotten: ReadonlySet<string>;
  /** Hex digest of a text: the identity of an entry. */
  readonly digest: (text: string) => string;
}

export interface MergedLog {
  readonly text: string;
  /** First lines of entries that one side no longer had, and that stay. */
  readonly kept: readonly string[];
  /** Both sides changed what stands before the first entry. */
  readonly preambleLost: boolean;
}

interface Known extends Entry {
  readonly id: string;
}

/** Merges. The result depends on neither who works it out nor which side is called hub. */
export function mergeLogs(input: LogMergeInput): MergedLog {
  const { base, hub, local, digest } = input;
  const start = startOf([base ?? '', hub, local]);
  const read = (text: string) => known(parseLog(text, start), digest);
  const [was, theirs, ours] = [read(base ?? ''), read(hub), read(local)];
  const sides = [sideOf(was.entries, theirs.entries), sideOf(was.entries, ours.entries)] as const;
  const kept: string[] = [];
  const result: Known[] = [];
  const seen = new Set<string>();
  const add = (entry: Known): void => {
    if (seen.has(entry.id)) return;
    seen.add(entry.id);
    result.push(entry);
  };
  const addRun = (anchor: string): void =>
    interleave(sides[0].runs.get(anchor) ?? [], sides[1].runs.get(anchor) ?? []).forEach(add);
  addRun(START);
  for (const entry of was.entries) {
    for (const each of survivors(entry, sides, input, kept)) add(each);
    addRun(entry.id);
  }
  const preamble = threeWay(base === null ? null : was.preamble, theirs.preamble, ours.preamble, input.later);
  const text = joined(preamble.text, result, start);
  const open = [hub, local].some((each) => GAP.test(each));
  return { text: open ? text : text.replace(GAP, '$1'), kept, preambleLost: preamble.lost };
}

const START = '';

/** A line end, and blank lines after it, at the end of a text. */
const GAP = /(\r\n|\r|\n)(?:[ \t]*(?:\r\n|\r|\n))+$/;

interface Side {
  readonly held: ReadonlySet<string>;
  /** Base entry -> the entry that this side has in its place. */
  readonly edits: ReadonlyMap<string, Known>;
  /** New entries by the base entry that they follow. */
  readonly runs: ReadonlyMap<string, readonly Known[]>;
}

function known({ preamble, entries }: Log, digest: (text: string) => string) {
  const seen = new Set<string>();
  const list: Known[] = [];
  for (const entry of entries) {
    const id = digest(entry.plain);
    // An identity enters once.
    if (seen.has(id)) continue;
    seen.add(id);
    list.push({ ...entry, id });
  }
  return { preamble, entries: list };
}

/** What one side did to the entries of the base. */
function sideOf(base: readonly Known[], entries: readonly Known[]): Side {
  const held = new Set(entries.map(({ id }) => id));
  const inBase = new Set(base.map(({ id }) => id));
  // Of several entries with one heading, the first that is gone became the first that is new, and so on.
  const gone = new Map<string, Known[]>();
  for (const entry of base) if (!held.has(entry.id)) push(gone, entry.key, entry);
  const edits = new Map<string, Known>();
  const runs = new Map<string, Known[]>();
  let anchor = START;
  for (const entry of entries) {
    if (inBase.has(entry.id)) {
      anchor = entry.id;
      continue;
    }
    const edited = gone.get(entry.key)?.shift();
    if (edited === undefined) push(runs, anchor, entry);
    else {
      edits.set(edited.id, entry);
      anchor = edited.id;
    }
  }
  return { held, edits, runs };
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

/** What stands now where a base entry stood. */
function survivors(
  entry: Known,
  sides: readonly [Side, Side],
  { later, forgotten }: LogMergeInput,
  kept: string[],
): readonly Known[] {
  const order = later === 'local' ? sides : [sides[1], sides[0]];
  const edits = order.flatMap(({ edits: all }) => all.get(entry.id) ?? []);
  if (edits.length > 0) return edits;
  const holders = sides.filter(({ held }) => held.has(entry.id)).length;
  if (holders === 2) return [entry];
  // Gone on both sides: nobody wants it. Gone on one: a torn write must not erase the log.
  if (holders === 0 || forgotten.has(entry.id)) return [];
  kept.push(entry.key);
  return [entry];
}

/** Two runs at one place: each one's order is kept, what both have comes once, the rest by date and identity. */
function interleave(a: readonly Known[], b: readonly Known[]): readonly Known[] {
  const [placeA, placeB] = [placesOf(a), placesOf(b)];
  const result: Known[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [x, y] = [a[i], b[j]];
    if (x === undefined) return [...result, ...b.slice(j)];
    if (y === undefined) return [...result, ...a.slice(i)];
    if (x.id === y.id) {
      // The same entry with other line ends: either will do, as long as it is the same everywhere.
      result.push(x.raw <= y.raw ? x : y);
      [i, j] = [i + 1, j + 1];
      continue;
    }
    // One that comes later on the other side as well waits for what stands before it there.
    const waitsX = (placeB.get(x.id) ?? -1) > j;
    const waitsY = (placeA.get(y.id) ?? -1) > i;
    const first = waitsX === waitsY ? before(x, y) : waitsY;
    result.push(first ? x : y);
    if (first) i += 1;
    else j += 1;
  }
}

function placesOf(run: readonly Known[]): ReadonlyMap<string, number> {
  return new Map(run.map(({ id }, index) => [id, index]));
}

function before(a: Known, b: Known): boolean {
  const [x, y] = [dateOf(a), dateOf(b)];
  return x === y ? a.id < b.id : x < y;
}

function dateOf({ key }: Entry): string {
  return /\d{4}-\d{2}-\d{2}/.exec(key)?.[0] ?? '';
}

function threeWay(
  base: string | null,
  hub: string,
  local: string,
  later: 'hub' | 'local',
): { readonly text: string; readonly lost: boolean } {
  if (hub === local || local === base) return { text: hub, lost: false };
  if (hub === base) return { text: local, lost: false };
  // A side without anything before its first entry loses nothing.
  if (hub.trim() === '' || local.trim() === '') return { text: hub.trim() === '' ? local : hub, lost: false };
  return { text: later === 'hub' ? hub : local, lost: true };
}

/** Entries verbatim; where two meet that did not stand together before, one blank line is between those with headings. */
function joined(preamble: string, entries: readonly Entry[], start: Start): string {
  const parts = [preamble, ...entries.map(({ raw }) => raw)].filter((part) => part !== '');
  const eol = dominantEol(parts.join(''));
  const gap = isSpaced(start) ? GAP : /[\r\n]$/;
  let text = '';
  for (const [index, part] of parts.entries()) {
    text += part;
    if (index === parts.length - 1 || gap.test(part)) continue;
    if (!/[\r\n]$/.test(part)) text += eol;
    if (isSpaced(start) && index >= (preamble === '' ? 0 : 1)) text += eol;
  }
  return text;
}

function dominantEol(text: string): string {
  const crlf = text.match(/\r\n/g)?.length ?? 0;
  const lf = (text.match(/\n/g)?.length ?? 0) - crlf;
  return crlf > lf ? '\r\n' : '\n';
}
