// Two versions of one file become one, by the rule of its path (SYNC.md 4.3). Whatever loses is named, so that its bytes are kept
// before anything takes its place.
import { mergeLogs, type LogMerge } from './append-log.js';
import type { Contender, Loser, Merged, MergeInput, MergeNote, MergeRule, Version } from './model.js';
import { datedName, freeNumbered } from './names.js';
import { compareStamps } from './stamp.js';

export { numbered } from './names.js';

export interface MergeTools {
  /** Git's object id of a blob with these bytes. */
  readonly blobId: (bytes: Uint8Array) => string;
  /** SHA-256 of a text, hex. */
  readonly digest: (text: string) => string;
  /** Null: it is not UTF-8, or has a NUL in its first 8 KB: not a text. */
  readonly decode: (bytes: Uint8Array) => string | null;
  readonly encode: (text: string) => Uint8Array;
  readonly parsesYaml: (text: string) => boolean;
}

type Side = 'hub' | 'local';
type Mode = Version['mode'];

const PLAIN = { beside: null, losers: [], notes: [], hold: null } as const;

/** True for a file that must parse to be of use. */
export function isYaml(path: string): boolean {
  return /\.ya?ml$/i.test(path);
}

/** Decides. Both versions differ in bytes or mode. Where only one side changed, its version stays, as far as the rules let it. */
export function mergeFile(input: MergeInput, tools: MergeTools): Merged {
  const { hub, local, strategy } = input;
  if (hub.version.oid === local.version.oid) return kept(input, laterOf(input));
  const [theirs, ours] = [tools.decode(hub.bytes), tools.decode(local.bytes)];
  if (strategy === 'append' && theirs !== null && ours !== null) return appended(input, tools, theirs, ours);
  const changed = changedSide(input);
  if (changed === 'local') return kept(input, 'local');
  const breaks = isYaml(input.path) && isBroken(theirs, ours, tools);
  if (changed === 'hub') return breaks ? held(kept(input, 'hub'), input.path) : kept(input, 'hub');
  if (theirs !== null && ours !== null && strategy === 'append-date') return dated(input);
  const winner = winnerOf(input, isYaml(input.path) && isBroken(ours, theirs, tools));
  const merged = input.joining ? joined(input) : replaced(input, winner);
  // A remote YAML that does not parse never replaces one that does.
  return breaks && merged.keep === 'hub' ? held(merged, input.path) : merged;
}

/** What does not parse loses against what does, whenever it was made. */
function winnerOf(input: MergeInput, oursBreaks: boolean): Side {
  return oursBreaks ? 'hub' : laterOf(input);
}

/** `text` does not parse, and `other` does. */
function isBroken(text: string | null, other: string | null, { parsesYaml }: MergeTools): boolean {
  return other !== null && parsesYaml(other) && !(text !== null && parsesYaml(text));
}

function held(merged: Merged, path: string): Merged {
  const detail = 'the version in the hub is no YAML that parses, and ours is';
  return { ...merged, hold: { path, reason: 'unparsable', detail } };
}

/** The side that alone has other bytes than both had before; null: both have. */
function changedSide({ base, hub, local }: MergeInput): Side | null {
  if (base?.version.oid === local.version.oid) return 'hub';
  return base?.version.oid === hub.version.oid ? 'local' : null;
}

function laterOf({ hub, local, joining }: MergeInput): Side {
  if (joining) return 'hub';
  const order = compareStamps(hub.stamp, local.stamp, hub.version.oid, local.version.oid);
  return order > 0 ? 'hub' : 'local';
}

/** The executable bit is changed apart from the bytes: of two modes, the one that is not as before; else the later one. */
function modeOf(input: MergeInput): Mode {
  const [hub, local] = [input.hub.version.mode, input.local.version.mode];
  if (input.base === null) return input[laterOf(input)].version.mode;
  return hub === input.base.version.mode ? local : hub;
}

/** Nothing is lost, and nobody has to be told. */
function kept(input: MergeInput, side: Side): Merged {
  const { bytes, version } = input[side];
  return { ...PLAIN, keep: keepOf(input, { oid: version.oid, mode: modeOf(input), bytes }) };
}

function replaced(input: MergeInput, keep: Side): Merged {
  const { path } = input;
  const side = keep === 'hub' ? 'local' : 'hub';
  const [winner, { version }] = [input[keep], input[side]];
  const rule: MergeRule = 'last-write-wins';
  const why = keep === laterOf(input) ? 'is the later one' : 'is the one that parses';
  const detail = `both changed it; the one of ${winner.stamp.node} ${why}`;
  return {
    ...{ ...PLAIN, keep },
    losers: [{ path, version, side, rule }],
    notes: [{ path, rule, kept: winner.version.oid, lost: version.oid, other: null, detail }],
  };
}

/** First meeting: the hub's version stays, and ours stands beside it. */
function joined({ path, hub, local, at }: MergeInput): Merged {
  const beside = freeNumbered(path, local.version.oid, at);
  const note: MergeNote = {
    ...{ path, rule: 'join', kept: hub.version.oid, lost: null, other: beside },
    detail: 'this node met the hub for the first time, and both had it; ours goes on under another name',
  };
  return { ...PLAIN, keep: 'hub', beside, notes: [note] };
}

/** The published version keeps the name; ours goes on under a dated one, whoever else calls his so. */
function dated({ path, hub, local, joining, at }: MergeInput): Merged {
  const beside = datedName(path, local, at);
  const note: MergeNote = {
    ...{ path, rule: joining ? 'join' : 'append-date', kept: hub.version.oid, lost: null, other: beside },
    detail: `both changed it; the one of ${local.stamp.node} goes on under another name`,
  };
  return { ...PLAIN, keep: 'hub', beside, notes: [note] };
}

/** Also where one side changed alone: an entry that is gone without another in its place stays (a torn write). */
function appended(input: MergeInput, tools: MergeTools, theirs: string, ours: string): Merged {
  const later = laterOf(input);
  const [first, second] = later === 'hub' ? [ours, theirs] : [theirs, ours];
  const base = input.base === null ? null : tools.decode(input.base.bytes);
  const merge = mergeLogs({ base, first, second, forgotten: input.forgotten }, tools.digest);
  const bytes = tools.encode(merge.text);
  const oid = tools.blobId(bytes);
  const keep = keepOf(input, { oid, mode: modeOf(input), bytes });
  const side = later === 'hub' ? 'local' : 'hub';
  const { version } = input[side];
  const losers: Loser[] = merge.topLost ? [{ path: input.path, version, side, rule: 'append' }] : [];
  const notes: MergeNote[] = keptNotes(input.path, oid, merge);
  // A side that has all of it already makes no merge to speak of; else a repeated cycle would tell it twice.
  if (merge.topLost || (typeof keep !== 'string' && changedSide(input) === null)) {
    const lost = merge.topLost ? version.oid : null;
    const what = merge.topLost ? 'changed what stands before its first entry' : 'added to it';
    const detail = `both ${what}; the entries of both are in it`;
    notes.unshift({ path: input.path, rule: 'append', kept: oid, lost, other: null, detail });
  }
  return { ...PLAIN, keep, losers, notes };
}

function keptNotes(path: string, oid: string, { kept, topKept }: LogMerge): MergeNote[] {
  const names = kept.map(({ key }) => JSON.stringify(key));
  if (topKept) names.unshift('what stands before its first entry');
  return names.map((name) => ({
    ...{ path, rule: 'append-entry-kept', kept: oid, lost: null, other: null },
    detail: `one side no longer had ${name}; it stays`,
  }));
}

function keepOf(
  { hub, local }: MergeInput,
  { oid, mode, bytes }: { readonly oid: string; readonly mode: Mode; readonly bytes: Uint8Array },
): Merged['keep'] {
  const is = ({ version }: Contender) => version.oid === oid && version.mode === mode;
  return is(hub) ? 'hub' : is(local) ? 'local' : { oid, bytes, mode };
}
