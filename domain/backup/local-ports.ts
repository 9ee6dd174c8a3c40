// This machine's side of a backup: the data directory, the stage, and what we remember between runs.
import type { KeptAccess } from './access.js';
import type { KeptDrill } from './drill.js';
import type { EntryResult, StagedFile, StageProblem } from './entry.js';
import type { BlobRead, CancelSignal, Stage } from './ports.js';
import type { Proof } from './proof.js';
import type { RunRecord } from './record.js';
import type { Trail } from './trail.js';

/** Ids that an earlier read gave and that the file's stat data still vouch for. */
export type KnownIds = Pick<StagedFile, 'oid' | 'sha256'>;

export type LocalFile =
  | {
      readonly kind: 'file';
      /** Path in the data directory, '/'-separated. */
      readonly path: string;
      /** Where to open it; for a link that stays inside, the file it leads to. */
      readonly absolute: string;
      readonly size: number;
      readonly mode: StagedFile['mode'];
      /** Null: it must be read. */
      readonly known: KnownIds | null;
    }
  | {
      readonly kind: 'problem';
      readonly path: string;
      readonly status: StageProblem['status'];
      readonly reason: string;
    };

export interface Survey {
  readonly files: readonly LocalFile[];
  /** Keeps the ids of these files for the next survey. */
  remember(files: readonly StagedFile[]): Promise<void>;
}

/** The data directory. */
export interface LocalSource {
  readonly root: string;
  /** Walks it without following a link out of it. Throws NxsError DATA_DIR_MISSING when it is not there. */
  survey(signal?: CancelSignal): Promise<Survey>;
  /** Where to open one file now; null when it is gone, no regular file, or leads outside. */
  locate(local: string): Promise<{ readonly absolute: string; readonly mode: StagedFile['mode'] } | null>;
  /** SHA-256 of one file now; null when it cannot be read. */
  digest(local: string): Promise<string | null>;
}

export interface StageInput {
  readonly local: string;
  readonly path: string;
  readonly absolute: string;
  readonly mode: StagedFile['mode'];
}

export interface Staging {
  readonly staged: readonly StagedFile[];
  readonly problems: readonly StageProblem[];
}

/** Per-run stores of blobs that were read once from the source. */
export interface Stages {
  /** Reads each file once into the run's stage; called again for the same run it adds to it. */
  add(run: string, inputs: readonly StageInput[], signal?: CancelSignal): Promise<Staging>;
  open(run: string): Stage;
  /** Which of these blobs the run's stage does not hold. */
  lacks(run: string, oids: readonly string[]): Promise<readonly string[]>;
  /** The staged bytes of these blobs, in the order asked. */
  read(run: string, oids: readonly string[], signal?: CancelSignal): AsyncIterable<BlobRead>;
  remove(run: string): Promise<void>;
  /** Removes stages that no run can be using any more. */
  removeStale(): Promise<void>;
}

/** What a run found here: the files it backs up, and what it cannot. */
export interface Catalog {
  readonly files: readonly StagedFile[];
  readonly problems: readonly StageProblem[];
  /** Files in the data directory that no rule covers. */
  readonly uncovered: readonly string[];
}

/** What a run made of one destination. */
export interface PublishedTree {
  readonly commit: string;
  /** SHA-256 of the manifest in it. */
  readonly manifest: string;
  /** Files that could not be read in this run and keep their earlier version. */
  readonly carried: readonly StagedFile[];
  /** Files that must not go there (secrets, too large). */
  readonly refused: readonly StageProblem[];
}

/** All we hold proved about one destination. */
export interface ProofBook {
  /** Node whose backup it is. */
  readonly node: string;
  /** Subtree of the destination that was read; '' = the whole tree. */
  readonly prefix: string;
  /** Head that was read. */
  readonly commit: string;
  /** SHA-256 of the manifest in that commit. */
  readonly manifest: string;
  /** The destination's witness after our last look; null: it has none. */
  readonly witness: string | null;
  /** Epoch ms of the end of the last run in which every entry was proved; null: never. */
  readonly provedAt: number | null;
  readonly files: readonly Proof[];
}

/** The pseudo run under which the entries of the latest verification are kept. */
export const CHECK_RUN = 'check';

/** The state directory's part for backups. What is lost here costs time, never data. */
export interface BackupState {
  saveCatalog(run: string, catalog: Catalog): Promise<void>;
  /** Throws NxsError STATE_UNREADABLE when the run's catalog is gone. */
  loadCatalog(run: string): Promise<Catalog>;
  savePublished(run: string, destination: string, published: PublishedTree): Promise<void>;
  /** Throws NxsError STATE_UNREADABLE when the run has published nothing there. */
  loadPublished(run: string, destination: string): Promise<PublishedTree>;
  saveEntries(run: string, destination: string, entries: readonly EntryResult[]): Promise<void>;
  /** Empty when the run has none for this destination. */
  loadEntries(run: string, destination: string): Promise<readonly EntryResult[]>;
  saveProofs(destination: string, book: ProofBook): Promise<void>;
  /** Null when nothing is known (or what was known cannot be read any more). */
  loadProofs(destination: string): Promise<ProofBook | null>;
  /** The heads as we left them; null: none on record. */
  loadTrail(destination: string): Promise<Trail | null>;
  saveTrail(destination: string, trail: Trail | null): Promise<void>;
  /** Also forgets the files of all but the newest few runs. */
  saveRecord(record: RunRecord): Promise<void>;
  lastRecord(): Promise<RunRecord | null>;
  saveDrill(drill: KeptDrill): Promise<void>;
  /** The latest drill of a destination; null: none is on record. */
  lastDrill(destination: string): Promise<KeptDrill | null>;
  saveAccess(destination: string, access: KeptAccess): Promise<void>;
  /** Null: nobody has looked yet. */
  lastAccess(destination: string): Promise<KeptAccess | null>;
}
