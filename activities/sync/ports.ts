// Everything a sync activity is given. The composition root makes it (workers/sync-parts.ts); nothing here is global.
import type { NewEvent } from '../../domain/journal.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { Strategy } from '../../domain/sync/model.js';
import type { Hub, MergeEntry, SyncMemory, Workspace } from '../../domain/sync/ports.js';
import type { SyncStatus } from '../../domain/sync/status.js';

export interface SyncSettings {
  readonly node: string;
  /** Globs of the files that nodes share. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The first rule that fits a path counts; none: replace. */
  readonly rules: readonly { readonly pattern: string; readonly strategy: Strategy }[];
  /** ms that a file must be at rest before it is taken. */
  readonly settle: number;
  /** Larger files are not synced, in bytes. */
  readonly largest: number;
  /** Blob ids of our own starter files: in a first meeting they count as absent. */
  readonly starterIds: ReadonlySet<string>;
}

/** What is kept between the steps and the cycles; all of it small, owner-only, and made whole or not at all. */
export interface SyncKeeping {
  /** Null: nothing was ever kept. Damaged memory is told by `lost` and counts as none. */
  memory(): Promise<{ readonly memory: SyncMemory | null; readonly lost: boolean }>;
  saveMemory(memory: SyncMemory): Promise<void>;
  status(): Promise<SyncStatus | null>;
  saveStatus(status: SyncStatus): Promise<void>;
  /** Repeating an id adds nothing. */
  logMerges(entries: readonly MergeEntry[]): Promise<void>;
  merges(): Promise<readonly MergeEntry[]>;
}

export interface SyncPorts {
  readonly settings: SyncSettings;
  readonly hub: Hub;
  readonly workspace: Workspace;
  readonly keeping: SyncKeeping;
  /** Runs `work` while no other cycle and no command of this machine works on the sync state. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  /** SHA-256, lower-case hex. */
  sha256(data: Uint8Array | string): string;
  /** Git's object id of a blob with these bytes. */
  blobId(bytes: Uint8Array): string;
  /** True when the text is YAML that parses. */
  parsesYaml(text: string): boolean;
  journal(event: NewEvent): Promise<void>;
  notify(notice: Notice): Promise<void>;
  /** Nudges the other nodes after a publish. Never throws, never waits for long. */
  nudge(): void;
  /** Epoch ms. */
  now(): number;
  /** ms to wait before try number `n` (1-based) of a publish that somebody else was faster with. */
  jitter(n: number): number;
}
