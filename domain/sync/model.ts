// The words of sync: what a node holds, what the hub holds, what both held when a path was last equal. SYNC.md is the source of
// the rules; here are only the shapes that the rules, the adapters and the steps of a cycle share. No I/O, no clock.

/** One version of a file, as git stores it. */
export interface Version {
  /** Object id of the blob, 40 hex digits. */
  readonly oid: string;
  readonly mode: '100644' | '100755';
  /** Bytes. */
  readonly size: number;
}

/** Files by path: relative to the data directory, '/'-separated, NFC. */
export type Tree = ReadonlyMap<string, Version>;

/** When a version came to be, comparable between nodes: a hybrid logical clock. */
export interface Stamp {
  /** ms since the epoch. */
  readonly l: number;
  /** Counts what happened within one `l`. */
  readonly c: number;
  /** The node that made it. */
  readonly node: string;
}

/** How two versions of a file become one (sync-manifest.yaml). */
export type Strategy = 'replace' | 'append' | 'append-date';

/** Why a path takes no part in a cycle: nothing of it is published or applied, and its base stays. */
export type HoldReason =
  /** It is being written; it is taken when it is at rest. */
  | 'deferred'
  /** It looks like a secret: it is not published. */
  | 'secret'
  /** The hub's entry is of no kind that we write. */
  | 'rejected'
  /** Larger than max_file_bytes. */
  | 'too_large'
  /** It cannot be read here. */
  | 'unreadable'
  /** One of very many deletions; a person has to say that they are meant. */
  | 'mass_delete'
  /** A `replace` file that shrank to less than a fifth; a person has to say that it is meant. */
  | 'shrunk'
  /** The hub's YAML does not parse and ours does. */
  | 'unparsable';

export interface Hold {
  readonly path: string;
  readonly reason: HoldReason;
  /** One clause for a person: the rule, never a value. */
  readonly detail: string;
}

/** A version that did not keep its name; its bytes are kept before anything replaces it. */
export interface Loser {
  readonly path: string;
  readonly version: Version;
  /** Where it comes from. */
  readonly side: 'local' | 'hub';
  /** The rule that it lost by. */
  readonly rule: MergeRule;
}

/** The rule of one entry of the merge log. */
export type MergeRule =
  /** Both changed; the later stamp stays. */
  | 'last-write-wins'
  /** Both changed a log; entries of both stay. */
  | 'append'
  /** An entry was gone on one side without a new one of its heading; it stays. */
  | 'append-entry-kept'
  /** Both changed; the local one goes on under a dated name. */
  | 'append-date'
  /** One side deleted, the other changed: the change stays. */
  | 'delete-vs-modify'
  /** A file where the other side has a directory: the file keeps the name, what is below moves. */
  | 'file-vs-directory'
  /** Two names that many file systems take for one: the second gets another. */
  | 'twins'
  /** First meeting with the hub, and both have the path: the hub's stays, ours goes on under another name. */
  | 'join';

/** What a person reads in `nxs sync log`. */
export interface MergeNote {
  readonly path: string;
  readonly rule: MergeRule;
  /** Object id of what stays under `path`; null: nothing does. */
  readonly kept: string | null;
  /** Object id of what lost; null: nothing did (append). */
  readonly lost: string | null;
  /** Path that the other version goes on under; null: none. */
  readonly other: string | null;
  /** One clause for a person. */
  readonly detail: string;
}

/** One side of a path that both sides changed. */
export interface Contender {
  readonly version: Version;
  readonly bytes: Uint8Array;
  readonly stamp: Stamp;
}

export interface MergeInput {
  readonly path: string;
  readonly strategy: Strategy;
  /** The last version that both had; null: there was none (a first meeting, or both made it). */
  readonly base: { readonly version: Version; readonly bytes: Uint8Array } | null;
  readonly hub: Contender;
  readonly local: Contender;
  /** First meeting of this node with the hub: no stamps decide, the hub's version stays. */
  readonly joining: boolean;
  /** Object id of what another file name holds on either side; null: the name is free. */
  readonly at: (path: string) => string | null;
  /** SHA-256 (hex) of each log entry that was removed on purpose (`nxs sync forget`). */
  readonly forgotten: ReadonlySet<string>;
}

/** How a conflict of two versions ends. The same whichever node works it out. */
export interface Merged {
  /** What stays under the path: a version that is there already, or bytes that are made of both. */
  readonly keep:
    'hub' | 'local' | { readonly oid: string; readonly bytes: Uint8Array; readonly mode: Version['mode'] };
  /** The local version goes on under this name as well; null: it does not. */
  readonly beside: string | null;
  readonly losers: readonly Loser[];
  readonly notes: readonly MergeNote[];
  /** Set: nothing is published or applied for this path; the rest says what would be. */
  readonly hold: Hold | null;
}
