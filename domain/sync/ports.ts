// What a cycle needs of the outside: the hub with our own copy of it, the data directory, and what is remembered of the last
// cycle. Each call is safe to repeat.
import type { CancelSignal } from '../backup/ports.js';
import type { Hold, Stamp, Tree, Version } from './model.js';

/** One line of a commit's listing, as it is there: not to be believed before remote-tree.ts has seen it. */
export interface RemoteEntry {
  /** Raw bytes as latin1 when they are no UTF-8. */
  readonly path: string;
  readonly utf8: boolean;
  /** `100644`, `100755`, `120000`, `160000`, or another. */
  readonly mode: string;
  readonly oid: string;
  /** Bytes; null for a submodule. */
  readonly size: number | null;
}

export interface CommitPlan {
  /** Commit whose tree is the starting point, foreign entries and all; null: an empty tree. */
  readonly basis: string | null;
  /** What differs from it; null: no entry. A file takes the place of a directory of its name, and the other way round. */
  readonly changes: ReadonlyMap<string, Pick<Version, 'oid' | 'mode'> | null>;
  readonly parents: readonly string[];
  readonly message: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly author: string;
}

/** One version in the history of a path. */
export interface PastVersion {
  /** The commit that brought it. */
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Author of the commit: a node. */
  readonly node: string;
  /** Object id; null: it was deleted. */
  readonly oid: string | null;
}

/**
 * The hub's branch and our bare copy. Errors: NxsError HUB_UNREACHABLE, HUB_DENIED, HUB_DAMAGED, CANCELLED; messages never hold
 * credentials.
 */
export interface Hub {
  /** Where it is, for a person; never with credentials in it. */
  readonly location: string;
  readonly branch: string;
  /** Makes our copy, and an embedded hub, when they are missing; removes what a crash left (locks that are ours). */
  prepare(): Promise<void>;
  /** Commit at the tip, null: the hub is empty. No objects travel; no process for a hub on this machine. */
  tip(signal?: CancelSignal): Promise<string | null>;
  /** Brings the tip's objects here; returns it. At most one process, none when the tip is known. */
  fetch(signal?: CancelSignal): Promise<string | null>;
  /** True when `tip` is `from`, or comes after it. */
  descends(tip: string, from: string): Promise<boolean>;
  list(commit: string): Promise<readonly RemoteEntry[]>;
  /**
   * The stamp of each path that commits in `after..tip` name in their trailer, by the one nearest to the tip: a merge names
   * anew what its parents named. `after` null: all of history.
   */
  stamps(after: string | null, tip: string): Promise<ReadonlyMap<string, Stamp>>;
  /** Object ids that a path ever had in the history of a commit, by path. */
  everHeld(commit: string): Promise<ReadonlyMap<string, ReadonlySet<string>>>;
  /** Versions of one path in the history of these commits, the newest first. */
  versions(path: string, commits: readonly string[]): Promise<readonly PastVersion[]>;
  /** Contents by object id, also of what was put and not committed. Throws HUB_DAMAGED for one that is not there. */
  read(oids: readonly string[], signal?: CancelSignal): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Which of these objects our copy does not have, neither stored nor put. No process when none is asked for. */
  lacks(oids: readonly string[]): Promise<readonly string[]>;
  /** Keeps a content for the next commit(); returns its object id. */
  put(bytes: Uint8Array): Promise<string>;
  /** Writes a commit with all that was put into our copy; returns its id. Points `ref` at it when given. Durable on return. */
  commit(plan: CommitPlan, ref: string | null): Promise<string>;
  /** Where a ref of our copy points; null: nowhere. */
  ref(name: string): Promise<string | null>;
  /** Moves the hub's branch from `expected` to `commit`, or does nothing: `moved` when somebody else was first. Never forced. */
  publish(commit: string, expected: string | null, signal?: CancelSignal): Promise<'published' | 'moved'>;
  /** Pushes a commit to another branch of the hub, which must not exist or must be its ancestor. */
  pushAside(commit: string, branch: string, signal?: CancelSignal): Promise<void>;
  /** Upkeep of our copy, now and then: packs rolled together. Its failure is no failure. */
  tidy(): Promise<void>;
}

/** A file of the data directory as the scan found it. */
export interface Scanned {
  readonly version: Version;
  /** ms since the epoch. */
  readonly mtime: number;
}

export interface ScanResult {
  readonly files: ReadonlyMap<string, Scanned>;
  /** Files that are there and cannot be taken now: deferred, unreadable, too_large, or of a kind that is not synced. */
  readonly holds: readonly Hold[];
  /** ms since the epoch. */
  readonly began: number;
  readonly ended: number;
}

export interface ScanOptions {
  /** Is the path shared at all? Directories and our own names are handled by the workspace. */
  readonly covered: (path: string) => boolean;
  /** Larger files are held, in bytes. */
  readonly largest: number;
  /** ms that a file must be at rest; 0: none. */
  readonly settle: number;
  /** Called for each file whose content was read (it was not known from an earlier, remembered scan). */
  readonly fresh: (path: string, version: Version, bytes: Uint8Array) => Promise<void>;
  /** Paths to read although they are known. */
  readonly again?: ReadonlySet<string>;
  readonly signal?: CancelSignal;
}

/** Whether the directory is the one that was joined. */
export type RootState =
  | { readonly state: 'ok' }
  /** Not there, not a directory, unreadable, another device, without its marker, or with another one. */
  | { readonly state: 'missing'; readonly detail: string }
  | { readonly state: 'never_joined' };

/** One change of a file here. */
export interface FileChange {
  readonly path: string;
  /** What must be there now: an object id, or null for nothing. Else the change is left out. */
  readonly expected: string | null;
  /** What is to be there; null: nothing. */
  readonly wanted: Version | null;
}

export interface Applied {
  readonly path: string;
  /** `raced`: somebody changed it meanwhile; his version is where it was, or kept beside, and nothing of it is lost. */
  readonly result: 'done' | 'raced' | 'failed';
  /** What is there now by our hand: object id, null: nothing. Only meaningful when done. */
  readonly oid: string | null;
  /** One clause; null when done. */
  readonly detail: string | null;
  /** Where the version that was replaced lies, relative to the backups directory; null: there was none. */
  readonly backup: string | null;
}

export interface Workspace {
  readonly root: string;
  check(): Promise<RootState>;
  /** Makes the marker (or adopts the one that is there) and remembers the device: only a join does that. */
  join(): Promise<void>;
  scan(options: ScanOptions): Promise<ScanResult>;
  /** Content id of one file now; null: there is none. Throws for what is no regular file, or cannot be read. */
  look(path: string): Promise<string | null>;
  /** Keeps what the last scan learnt, so that the next one need not read it again. */
  remember(): Promise<void>;
  /** Finishes or takes back what a crash interrupted, before anything is scanned; returns what was found done. */
  recover(): Promise<readonly Applied[]>;
  /** Makes the changes, each by itself, after a journal of all of them is on the disk. */
  apply(
    cycle: string,
    changes: readonly FileChange[],
    contents: (oids: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>,
  ): Promise<readonly Applied[]>;
  /** Forgets the journal: what it did is on record. */
  settle(): Promise<void>;
}

/** A local version that the hub does not have (yet), or a deletion. */
export interface Pending {
  /** Null: the file is gone. */
  readonly version: Version | null;
  readonly stamp: Stamp;
  /** It is in a capture commit. */
  readonly captured: boolean;
  /** Of an append log: object ids that captures hold of it since both sides were last equal, the oldest first. */
  readonly earlier: readonly string[];
}

export interface Capture {
  readonly commit: string;
  /** Tip of the hub that its tree starts from. */
  readonly tip: string | null;
  /** Digest of the changes in it. */
  readonly of: string;
}

/** What is remembered between cycles. Lost: like a first meeting, and nothing is deleted by it. */
export interface SyncMemory {
  readonly v: 1;
  /** Location and branch of the hub that this node joined; null: it has not met it (anew) yet. */
  readonly hub: string | null;
  /** There was a meeting before, and what was known of it is gone: what the hub deleted meanwhile is not brought back. */
  readonly lost: boolean;
  /** Tip that was seen last. */
  readonly tip: string | null;
  /** Last version that both sides had, by path: moved only when the path was really published or applied. */
  readonly base: Tree;
  /** Local versions that differ from the base, by path. */
  readonly pending: ReadonlyMap<string, Pending>;
  /** Last capture commit that the hub does not have; null: it has all. */
  readonly capture: Capture | null;
  readonly clock: { readonly l: number; readonly c: number };
  /** ms; end of the last scan. */
  readonly scanned: number;
  /** Contents that look like secrets: `path` -> object id and the rule. */
  readonly secrets: ReadonlyMap<string, { readonly oid: string; readonly detail: string }>;
  /** What the last scan could not take. */
  readonly holds: readonly Hold[];
  /** Tokens that a person answered and that no cycle has used yet. */
  readonly approved: readonly string[];
  readonly denied: readonly string[];
  /** Identities of log entries that were removed on purpose. */
  readonly forgotten: readonly string[];
  /** Per node: time of its latest change that is known here, ms since the epoch. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Counts exchanges: a plan of an older one is not applied any more. */
  readonly generation: number;
  /** The base is what the hub has at `tip`: with no change here, there is nothing to do. */
  readonly settled: boolean;
}
