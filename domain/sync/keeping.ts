// What is kept between the steps of a cycle and between cycles.
import type { MergeEntry } from './merge-entry.js';
import type { Hold } from './model.js';
import type { FileChange, SyncMemory } from './ports.js';
import type { PendingApproval, SyncStatus } from './status.js';

/** What an exchange found and decided; the steps after it work it off. */
export interface Outcome {
  readonly cycle: string;
  /** Memory of which generation it fits. */
  readonly generation: number;
  readonly apply: readonly FileChange[];
  /** What takes no part for now: of the scan, of the hub's tree, and of the plan. */
  readonly holds: readonly Hold[];
  readonly questions: readonly PendingApproval[];
  /** Files that both sides have. */
  readonly files: number;
  /** Local changes that went out. */
  readonly published: number;
  /** ms that somebody's clock was ahead of ours; null: nobody's; absent: there was nothing new to tell it by. */
  readonly skew?: number | null;
  /** ms since the epoch: when the oldest change that comes in was made; null: not known, or nothing comes in. */
  readonly oldest: number | null;
  /** Nothing but what is to be applied differs between here and the hub. */
  readonly clean: boolean;
  /** Set by the apply step. */
  readonly applied: {
    readonly done: number;
    readonly raced: readonly string[];
    readonly failed: readonly Hold[];
  } | null;
}

/** Files came back by a restore; the others get them when a person says so. */
export interface Restored {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly files: number;
}

/** What is kept between the steps and the cycles; all of it small, owner-only, and made whole or not at all. */
export interface SyncKeeping {
  /** `lost`: something was there and cannot be read; it counts as none. */
  memory(): Promise<{ readonly memory: SyncMemory | null; readonly lost: boolean }>;
  saveMemory(memory: SyncMemory): Promise<void>;
  outcome(): Promise<Outcome | null>;
  saveOutcome(outcome: Outcome): Promise<void>;
  status(): Promise<SyncStatus | null>;
  saveStatus(status: SyncStatus): Promise<void>;
  /** Repeating an id adds nothing. */
  logMerges(entries: readonly MergeEntry[]): Promise<void>;
  merges(): Promise<readonly MergeEntry[]>;
  restored(): Promise<Restored | null>;
  forgetRestored(): Promise<void>;
  /** Removes the copies of losers that are older than the retention. */
  tidy(): Promise<void>;
}
