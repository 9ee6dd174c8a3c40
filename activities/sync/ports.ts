// Everything a sync activity is given. The composition root makes it (workers/sync-parts.ts); nothing here is global.
import type { NewEvent } from '../../domain/journal.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { SyncKeeping } from '../../domain/sync/keeping.js';
import type { Strategy } from '../../domain/sync/model.js';
import type { Hub, Workspace } from '../../domain/sync/ports.js';

export interface SyncSettings {
  readonly node: string;
  /** Name of this machine, for commit messages. */
  readonly host: string;
  /** Globs of the files that nodes share. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The first rule that fits a path counts; none: replace. */
  readonly rules: readonly { readonly pattern: string; readonly strategy: Strategy }[];
  /** ms that a file must be at rest before it is taken. */
  readonly settle: number;
  /** Larger files are not synced, in bytes. */
  readonly largest: number;
  /** Blob ids of our own starter files: they never win over anything. */
  readonly starterIds: ReadonlySet<string>;
}

export interface SyncPorts {
  readonly settings: SyncSettings;
  readonly hub: Hub;
  readonly workspace: Workspace;
  readonly keeping: SyncKeeping;
  /** Runs `work` while no other cycle and no command of this machine works on the sync state. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** SHA-256, lower-case hex. */
  readonly sha256: (data: Uint8Array | string) => string;
  /** Git's object id of a blob with these bytes. */
  readonly blobId: (bytes: Uint8Array) => string;
  /** Null: not UTF-8. */
  readonly decode: (bytes: Uint8Array) => string | null;
  readonly encode: (text: string) => Uint8Array;
  /** True when the text is YAML that parses. */
  readonly parsesYaml: (text: string) => boolean;
  journal(event: NewEvent): Promise<void>;
  notify(notice: Notice): Promise<void>;
  /** Nudges the other nodes after a publish. Never throws, never waits for long. */
  nudge(): void;
  /** Why the hub may be out of reach, when something here knows (its host is offline in the tailnet); else null. */
  explain(): Promise<string | null>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Waits before try number `n` (1-based) of a publish that somebody else was faster with. */
  pause(n: number): Promise<void>;
}
