// Everything a backup activity is given. The composition root makes it (workers/wiring.ts); nothing here is global.
import type { BackupState, LocalSource, Stages } from '../../domain/backup/local-ports.js';
import type { Destination } from '../../domain/backup/ports.js';
import type { StagedFile } from '../../domain/backup/entry.js';
import type { FileRule } from '../../domain/backup/select.js';
import type { RestoreReport } from '../../domain/restore/result.js';
import { NxsError } from '../../domain/errors.js';
import type { NewEvent } from '../../domain/journal.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { Task } from '../task.js';

export type { Task };

export type ConfiguredDestination =
  | { readonly state: 'ready'; readonly name: string; readonly kind: string; readonly store: Destination }
  | {
      readonly state: 'not_configured';
      readonly name: string;
      readonly kind: string;
      readonly location: string;
      readonly note: string;
    };

export interface BackupSettings {
  readonly node: string;
  readonly rules: readonly FileRule[];
  readonly exclude: readonly string[];
  /** Larger files are refused, in bytes; null: no limit. */
  readonly maxFileBytes: number | null;
  /** Blob ids of our own starter files; that one of them is gone means nothing. */
  readonly starterIds: ReadonlySet<string>;
  /** A proved backup older than this many ms is too old. */
  readonly recencyLimit: number;
  /** A rolling verification runs every `every` ms and reads all bytes within `within` ms. */
  readonly verify: { readonly every: number; readonly within: number };
}

/** Puts files in place (adapters/files/restore-files.ts); what it replaces is kept for an undo. */
export interface RestorePort {
  restore(request: {
    /** Names the restore; repeated with the same id it completes. */
    readonly id: string;
    /** `path` is where the file goes below the target. */
    readonly files: readonly StagedFile[];
    readonly wanted: readonly string[];
    readonly source: Pick<Destination, 'read'>;
    readonly target: string;
    readonly dryRun: boolean;
    readonly task: Task;
  }): Promise<RestoreReport>;
  /** Takes an earlier restore back: `which` is its id, or 'latest'. */
  undo(request: {
    readonly id: string;
    readonly which: string;
    readonly dryRun: boolean;
    readonly task: Task;
  }): Promise<RestoreReport>;
}

/** A place for one drill, gone when its work is done. */
export interface Scratch {
  /** Absolute path; nothing is there yet. */
  readonly target: string;
  /** Bytes free there; null: unknown. */
  readonly free: number | null;
  /** Its undo copies lie in the scratch place too. */
  readonly restores: Pick<RestorePort, 'restore'>;
}

export interface DrillRoom {
  /** Removes what killed drills left, gives `work` an empty place, and removes that whatever happens. */
  run<T>(name: string, work: (scratch: Scratch) => Promise<T>): Promise<T>;
}

export interface BackupPorts {
  readonly settings: BackupSettings;
  readonly destinations: readonly ConfiguredDestination[];
  readonly source: LocalSource;
  readonly stages: Stages;
  readonly state: BackupState;
  readonly restores: RestorePort;
  readonly drills: DrillRoom;
  /**
   * Runs `work` while nobody else of this machine works on that destination: another run's clean-up must not take this
   * one's files for leftovers, nor an older proof book overwrite a newer finding.
   */
  alone<T>(store: Destination, work: () => Promise<T>): Promise<T>;
  /** SHA-256, lower-case hex. */
  sha256(data: Uint8Array | string): string;
  /** A running SHA-256. */
  hasher(): { update(chunk: Uint8Array): void; hex(): string };
  /** Appends to the journal; the same id twice is one event. */
  journal(event: NewEvent): Promise<void>;
  /** Tells a person; a channel that fails never fails the job. */
  notify(notice: Notice): Promise<void>;
  /** Removes what is past its retention. Never throws. */
  tidy(): Promise<void>;
  /** Epoch ms. */
  now(): number;
}

/** The ready destination of that name. Throws NxsError USAGE when the config has none. */
export function storeOf(ports: BackupPorts, name: string): Destination {
  const found = ports.destinations.find((destination) => destination.name === name);
  if (found === undefined) {
    const known = ports.destinations.map((destination) => destination.name).join(', ') || 'none';
    throw new NxsError('USAGE', `There is no backup destination "${name}"; configured: ${known}.`);
  }
  if (found.state === 'not_configured')
    throw new NxsError('USAGE', `${name} is not configured: ${found.note}.`);
  return found.store;
}
