// What the backup capability needs of the outside world. Adapters implement it; activities get it by injection.
import type { Effort, Load } from './effort.js';
import type { StagedFile } from './entry.js';

/** The part of an AbortSignal that adapters use; the domain has no DOM types. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** A git blob to read back: its object id and its size in bytes. */
export interface ObjectRequest {
  readonly oid: string;
  readonly size: number;
}

/** What the destination's own listing says of one file. It proves nothing about the bytes. */
export interface RemoteFile {
  /** Path in the destination's tree, prefix included. */
  readonly path: string;
  readonly oid: string;
  /** Bytes; null when the destination cannot even tell the size (the object is gone or broken). */
  readonly size: number | null;
  readonly mode: string;
}

/**
 * One blob on its way back. `chunks` must be consumed before the next one is asked for; it throws
 * NxsError DESTINATION_UNREADABLE when the bytes break off half-way.
 */
export type BlobRead =
  | { readonly oid: string; readonly chunks: AsyncIterable<Uint8Array> }
  | { readonly oid: string; readonly problem: 'missing' | 'corrupt'; readonly reason: string };

export interface Head {
  readonly commit: string;
  readonly tree: string;
}

export interface Revision {
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly subject: string;
}

/** Blobs written once from the source, from which every destination is fed. */
export interface Stage {
  /** A bare git repository that holds the staged blobs. */
  readonly repository: string;
}

/** One file in the new tree; the blob is in the destination already or in the stage. */
export interface TreeEntry {
  /** Path in the destination's tree, prefix included. */
  readonly path: string;
  readonly oid: string;
  /** Bytes. */
  readonly size: number;
  readonly mode: StagedFile['mode'];
}

export interface Change {
  /** The head that the plan was made on; null: the branch does not exist yet. Compare-and-swap. */
  readonly parent: string | null;
  /** Everything under this prefix ('' = the whole tree) is replaced by `entries`; what lies outside stays. */
  readonly prefix: string;
  readonly entries: readonly TreeEntry[];
  /**
   * What the caller believes that the parent's tree holds under the prefix; null: it did not look. It saves a listing, and is
   * believed only as far as the result comes out right.
   */
  readonly present: readonly Pick<RemoteFile, 'path' | 'oid' | 'mode'>[] | null;
  /** Small files made by us (the manifest), with their bytes. */
  readonly extra: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Blobs that the destination lacks and the stage holds. */
  readonly missing: readonly string[];
  readonly message: string;
  /** ISO 8601 commit time. */
  readonly at: string;
  readonly author: string;
}

export interface Published {
  readonly commit: string;
  readonly tree: string;
  /** Blobs that travelled. */
  readonly uploaded: number;
}

/** What is to be written anew, and where it is missing. */
export interface Healing {
  /** Blobs that verification found wrong; the stage holds their good bytes. */
  readonly oids: readonly string[];
  /** The commit that was verified; null: its tree cannot even be read. */
  readonly commit: string | null;
  /** ISO 8601 time and author of a commit, where one is needed. */
  readonly at: string;
  readonly author: string;
}

export interface Healed {
  /** What happened, one sentence. */
  readonly note: string;
  /** The commit that holds the good bytes now, when another one was needed; null: the verified one does. */
  readonly commit: string | null;
  /** Blobs that stay broken where they were and were stored another way: whole again, and nothing to be calm about. */
  readonly fallback: number;
}

/** A commit that somebody else made on our branch. */
export interface ForeignCommit {
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly author: string;
  readonly subject: string;
}

/**
 * How a branch's head relates to the head that we recorded last. `rewound`: it does not descend from it, though the store
 * still has it; `gone`: the branch is not there; `recreated`: the store does not know our commit (any more).
 */
export type Lineage =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'descends';
      /** Newest first; at most a few, `count` is all of them. */
      readonly commits: readonly ForeignCommit[];
      readonly count: number;
    }
  | { readonly kind: 'rewound' | 'gone' | 'recreated' };

/**
 * For a destination behind an account. `denied`: the token is refused; `forbidden`: it is good and lacks a permission;
 * `gone`: no such repository, or none that this token may know of; `renamed`: it answers under another name; `archived`: it
 * can be read and not written; `expiring`: good, and the token ends within 7 days; `away`: it cannot be reached now.
 */
export type AccountState =
  'denied' | 'forbidden' | 'gone' | 'renamed' | 'archived' | 'expiring' | 'away' | 'limited';

export type AccessState = 'ok' | 'absent' | 'unreadable' | 'unwritable' | 'low_space' | AccountState;

export interface Access {
  readonly state: AccessState;
  /** One sentence for a person. */
  readonly detail: string;
  /** Bytes free where the destination lives; null when unknown. */
  readonly free: number | null;
  /** True when the destination shares the device of the data directory; null when unknown. */
  readonly sameDisk: boolean | null;
}

/** The server asked us to wait, or our own budget does. */
export interface Wait {
  /** Epoch ms. */
  readonly until: number;
  /** A few words for a person. */
  readonly reason: string;
}

/**
 * One place that holds backups. Every method is safe to repeat. Errors: NxsError
 * DESTINATION_UNREADABLE (what is stored is damaged), DESTINATION_UNWRITABLE (also a full disk), DESTINATION_CONFLICT
 * (the head moved: plan again), DESTINATION_DENIED (token, permission, no such repository), DESTINATION_UNREACHABLE,
 * RATE_LIMITED (with `until`, epoch ms, in its details: what was done so far is kept, call again then), CANCELLED.
 */
export interface Destination {
  readonly name: string;
  readonly kind: string;
  /** Where it is, for a person; never with credentials in it. */
  readonly location: string;
  /** Subtree that this node owns: '' or 'some/dir/' with the trailing slash. */
  readonly prefix: string;
  /** Branch that holds the backups. */
  readonly branch: string;
  /** True when others than this machine's owner can read what lies there: secrets are held back from it. */
  readonly exposed: boolean;
  /** Largest file that it takes, in bytes; null: any. */
  readonly largest: number | null;
  /** Can it be read and written, and is there room? Looks at all of it; for a cheap look take `sharesDisk`. */
  access(dataDir: string): Promise<Access>;
  /** True when it lies on the device of the data directory; null when unknown. */
  sharesDisk(dataDir: string): Promise<boolean | null>;
  /** Brings an unfinished earlier run to a clean state and creates what is missing. */
  prepare(): Promise<void>;
  head(): Promise<Head | null>;
  /** The tree of one commit, recursively, in byte order of the path. */
  list(commit: string): Promise<readonly RemoteFile[]>;
  /** Which of these blobs the destination does not hold, as its own index says; where it has none, all of them. */
  lacks(oids: readonly string[]): Promise<readonly string[]>;
  /** Reads blobs back, in any order. `commit`: one whose tree holds them, where that makes it cheaper. */
  read(
    objects: readonly ObjectRequest[],
    signal?: CancelSignal,
    commit?: string | null,
  ): AsyncIterable<BlobRead>;
  publish(change: Change, stage: Stage | null, signal?: CancelSignal): Promise<Published>;
  /**
   * Writes good copies of blobs that the destination holds broken, in place where that can be, and rebuilds broken trees.
   * Verification decides whether it helped.
   */
  heal(healing: Healing, stage: Stage, signal?: CancelSignal): Promise<Healed>;
  /**
   * The last resort when the branch itself cannot be read: the store is moved aside (never deleted) and an
   * empty one takes its place. Returns where the old one is now.
   */
  setAside(at: string): Promise<string>;
  /**
   * How the branch's head relates to a head of ours. Null: nobody but us moves it, and the store's own repairs may move it
   * back.
   */
  readonly lineage: ((recorded: string) => Promise<Lineage>) | null;
  /**
   * The same store on another branch, for backups that must not touch this one; begun at `commit` when the store still has
   * it, else empty. Repeating it changes nothing.
   */
  readonly recover: ((branch: string, commit: string | null) => Promise<Destination>) | null;
  /** What a run of this load will cost; null: requests do not count there. Writes nothing. */
  readonly effort: ((load: Load, stage: Stage | null, signal?: CancelSignal) => Promise<Effort>) | null;
  /** The wait that the next request would be told of, from memory alone; null: none. */
  waiting(): Promise<Wait | null>;
  /** Cheap token that changes when the stored bytes were touched by anyone; null when it cannot be had. */
  witness(): Promise<string | null>;
  /** Newest first. */
  revisions(limit: number): Promise<readonly Revision[]>;
  /** Commit for a revision, a tag or an ISO date (the newest at or before it); null when there is none. */
  resolve(at: string): Promise<string | null>;
}
