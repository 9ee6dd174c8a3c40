// Two versions of one file that both sides changed become one, by the rule of its path (SYNC.md 4.3). Whatever loses is named,
// so that its bytes are kept before anything takes its place.
import { mergeLogs } from './append-log.js';
import type { Contender, Loser, Merged, MergeInput, MergeNote, MergeRule, Version } from './model.js';
import { compareStamps } from './stamp.js';

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

/** Decides. Both versions differ in bytes or mode. */
export function mergeFile(input: MergeInput, tools: MergeTools): Merged {
  const { hub, local, strategy, joining } = input;
  if (hub.version.oid === local.version.oid) return modesOnly(input);
  const [theirs, ours] = [tools.decode(hub.bytes), tools.decode(local.bytes)];
  if (theirs === null || ours === null) return replaced(input, joining ? 'hub' : laterOf(input), rule(input));
  if (strategy === 'append') return appended(input, tools, theirs, ours);
  if (strategy === 'append-date') return dated(input);
  return wholeText(input, tools, theirs, ours);
}

function rule({ joining }: MergeInput): MergeRule {
  return joining ? 'join' : 'last-write-wins';
}

function laterOf({ hub, local }: Pick<MergeInput, 'hub' | 'local'>): 'hub' | 'local' {
  const order = compareStamps(hub.stamp, local.stamp, hub.version.oid, local.version.oid);
  return order > 0 ? 'hub' : 'local';
}

/** The same bytes with another executable bit: nothing is lost, whoever stays. */
function modesOnly(input: MergeInput): Merged {
  const keep = input.joining ? 'hub' : laterOf(input);
  return { keep, beside: null, losers: [], notes: [], hold: null };
}

function wholeText(input: MergeInput, tools: MergeTools, theirs: string, ours: string): Merged {
  if (!/\.ya?ml$/i.test(input.path))
    return replaced(input, input.joining ? 'hub' : laterOf(input), rule(input));
  const [hubGood, localGood] = [tools.parsesYaml(theirs), tools.parsesYaml(ours)];
  // Ours goes out, or stays, only when it parses; what does not parse never replaces what does.
  if (hubGood && !localGood) return replaced(input, 'hub', rule(input));
  if (hubGood === localGood) return replaced(input, input.joining ? 'hub' : laterOf(input), rule(input));
  const detail = 'the version in the hub is no YAML that parses, and ours is';
  const merged = replaced(input, 'local', rule(input));
  return { ...merged, hold: { path: input.path, reason: 'unparsable', detail } };
}

function replaced(input: MergeInput, keep: 'hub' | 'local', by: MergeRule): Merged {
  const { path, hub, local } = input;
  const side = keep === 'hub' ? 'local' : 'hub';
  const [winner, version] = keep === 'hub' ? [hub.version, local.version] : [local.version, hub.version];
  const detail =
    by === 'join'
      ? 'this node met the hub for the first time, and both had it'
      : `both changed it; the one of ${(keep === 'hub' ? hub : local).stamp.node} is the later one`;
  return {
    keep,
    beside: null,
    losers: [{ path, version, side, rule: by }],
    notes: [{ path, rule: by, kept: winner.oid, lost: version.oid, other: null, detail }],
    hold: null,
  };
}

function appended(input: MergeInput, tools: MergeTools, hub: string, local: string): Merged {
  const later = laterOf(input);
  const base = input.base === null ? null : tools.decode(input.base.bytes);
  const { forgotten } = input;
  const merged = mergeLogs({ base, hub, local, later, forgotten, digest: tools.digest });
  const bytes = tools.encode(merged.text);
  const oid = tools.blobId(bytes);
  const mode = input[later].version.mode;
  const note = (by: MergeRule, detail: string, lost: string | null = null): MergeNote => ({
    ...{ path: input.path, rule: by, kept: oid, lost, other: null, detail },
  });
  const notes = [note('append', 'both added to it; the entries of both are in it')];
  for (const key of merged.kept)
    notes.push(note('append-entry-kept', `one side no longer had ${JSON.stringify(key)}; it stays`));
  const losers: Loser[] = [];
  if (merged.preambleLost) {
    const side = later === 'hub' ? 'local' : 'hub';
    const { version } = input[side];
    losers.push({ path: input.path, version, side, rule: 'append' });
    notes.push(note('append', 'both changed what stands before its first entry', version.oid));
  }
  return { keep: keepOf(input, { oid, mode, bytes }), beside: null, losers, notes, hold: null };
}

function keepOf(
  { hub, local }: MergeInput,
  { oid, mode, bytes }: { oid: string; mode: Version['mode']; bytes: Uint8Array },
): Merged['keep'] {
  const is = ({ version }: Contender) => version.oid === oid && version.mode === mode;
  return is(hub) ? 'hub' : is(local) ? 'local' : { bytes, mode };
}

/** The published version keeps the name; ours goes on under a dated one, whoever else calls his so. */
function dated(input: MergeInput): Merged {
  const { path, hub, local, at } = input;
  const other = datedName(path, local, at);
  const note: MergeNote = {
    ...{ path, rule: 'append-date', kept: hub.version.oid, lost: null, other },
    detail: `both changed it; the one of ${local.stamp.node} goes on under another name`,
  };
  return { keep: 'hub', beside: other, losers: [], notes: [note], hold: null };
}

/** Depends on path, stamp and object id only, so that it is the same wherever and whenever it is worked out. */
function datedName(path: string, { version, stamp }: Contender, at: MergeInput['at']): string {
  const slash = path.lastIndexOf('/') + 1;
  const [dir, name] = [path.slice(0, slash), path.slice(slash)];
  const simple = `${dir}${new Date(stamp.l).toISOString().slice(0, 10)}-${name}`;
  const holder = at(simple);
  if (!/^\d{4}-\d{2}-\d{2}/.test(name) && (holder === null || holder === version.oid)) return simple;
  return numbered(path, version.oid);
}

/** `notes.md` -> `notes.0a1b2c3d.md`. */
export function numbered(path: string, oid: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const end = dot > slash ? dot : path.length;
  return `${path.slice(0, end)}.${oid.slice(0, 8)}${path.slice(end)}`;
}
