// What `nxs backup status`, `nxs status` and the HTTP API show of the backups, read from the state directory alone: it also
// works when nothing runs.
import { z } from 'zod';
import { openBackupState } from '../adapters/files/backup-state.js';
import type { Config } from '../config/types.js';
import { keptDrillSchema, type KeptDrill } from '../domain/backup/drill.js';
import { runRecordSchema, type RunRecord } from '../domain/backup/record.js';
import { isTooOld } from '../domain/backup/proof.js';
import type { EntryResult } from '../domain/backup/entry.js';
import type { BackupState, ProofBook } from '../domain/backup/local-ports.js';
import { backupPorts, SILENT } from './backup-parts.js';
import { backupPaths } from './backup-paths.js';

/** One file in one destination. The document's dashboard asks for these: file, last_backup, verified, hash_match. */
const fileRowSchema = z.object({
  file: z.string(),
  local: z.string().nullable(),
  status: z.string(),
  action: z.string(),
  local_hash: z.string().nullable(),
  remote_hash: z.string().nullable(),
  local_size: z.number().nullable(),
  remote_size: z.number().nullable(),
  /** ISO time of the last good read-back; null: never. */
  verified: z.string().nullable(),
  hash_match: z.boolean().nullable(),
  reason: z.string().nullable(),
});

/** The last restore that was tried for practice. */
const drillViewSchema = keptDrillSchema
  .pick({ outcome: true, at: true, commit: true, files: true, bytes: true, note: true, last_green: true })
  .extend({
    /** ms since its end. */
    age_ms: z.number().int().nonnegative(),
  });

const destinationViewSchema = z.object({
  name: z.string(),
  kind: z.string(),
  location: z.string(),
  state: z.string(),
  note: z.string().nullable(),
  same_disk: z.boolean().nullable(),
  commit: z.string().nullable(),
  /** ISO time of the end of the last run in which every entry was proved there. */
  last_proved: z.string().nullable(),
  too_old: z.boolean(),
  /** ISO time of the oldest read-back that still has to stand; null: some file was never read back. */
  oldest_verification: z.string().nullable(),
  /** Null: none was made yet. */
  last_drill: drillViewSchema.nullable(),
  files: z.array(fileRowSchema),
});

export const backupViewSchema = z.object({
  node: z.string(),
  data_dir: z.string(),
  last_run: runRecordSchema.nullable(),
  destinations: z.array(destinationViewSchema),
  /** Files in the data directory that no rule covers. */
  uncovered: z.array(z.string()),
});

/** The shape of `nxs backup status --json`. */
export type BackupView = z.infer<typeof backupViewSchema>;

/** Reads it all. Never touches a destination. */
export async function viewBackups(config: Config, now: number): Promise<BackupView> {
  const state = openBackupState(backupPaths(config.stateDir).dir);
  const last = await state.lastRecord();
  const ports = backupPorts(config, SILENT);
  const destinations = await Promise.all(
    ports.destinations.map(async (each) => {
      const { name, kind } = each;
      const location = each.state === 'ready' ? each.store.location : each.location;
      const note = each.state === 'ready' ? null : each.note;
      return destinationView({ name, kind, location, note, last, state, now, config });
    }),
  );
  return {
    node: config.node,
    data_dir: config.dataDir,
    last_run: last,
    destinations,
    uncovered: last === null ? [] : await uncoveredOf(state, last.run),
  };
}

interface Subject {
  readonly name: string;
  readonly kind: string;
  readonly location: string;
  readonly note: string | null;
  readonly last: RunRecord | null;
  readonly state: BackupState;
  readonly now: number;
  readonly config: Config;
}

async function destinationView(subject: Subject): Promise<BackupView['destinations'][number]> {
  const { name, kind, location, note, last, state, now, config } = subject;
  const record = last?.destinations.find((each) => each.name === name) ?? null;
  const book = await state.loadProofs(name);
  const entries = last === null ? [] : await state.loadEntries(last.run, name);
  const provedAt = book?.provedAt ?? null;
  const proofs = new Map(book?.files.map((file) => [file.path, file.verifiedAt] as const));
  return {
    name,
    kind,
    location,
    state: note !== null ? 'not_configured' : (record?.state ?? 'never run'),
    note: note ?? record?.note ?? null,
    same_disk: record?.same_disk ?? null,
    commit: record?.commit ?? book?.commit ?? null,
    last_proved: iso(provedAt),
    too_old: isTooOld(provedAt, now, config.backup.recency_limit),
    oldest_verification: oldest(book),
    last_drill: drillView(await state.lastDrill(name), now),
    files: entries.map((entry) => row(entry, proofs)),
  };
}

function drillView(drill: KeptDrill | null, now: number): z.infer<typeof drillViewSchema> | null {
  if (drill === null) return null;
  const { outcome, at, commit, files, bytes, note, last_green } = drill;
  return { outcome, at, commit, files, bytes, note, last_green, age_ms: Math.max(0, now - Date.parse(at)) };
}

function row(entry: EntryResult, proofs: ReadonlyMap<string, number | null>): z.infer<typeof fileRowSchema> {
  const proof = proofs.get(entry.path);
  return {
    file: entry.path,
    local: entry.local,
    status: entry.status,
    action: entry.action,
    local_hash: entry.local_hash,
    remote_hash: entry.remote_hash,
    local_size: entry.local_size,
    remote_size: entry.remote_size,
    verified: iso(proof ?? null),
    hash_match: entry.remote_hash === null ? null : entry.remote_hash === entry.local_hash,
    reason: entry.reason,
  };
}

function oldest(book: ProofBook | null): string | null {
  if (book === null || book.files.length === 0) return null;
  let least = Number.POSITIVE_INFINITY;
  for (const { verifiedAt } of book.files) {
    if (verifiedAt === null) return null;
    least = Math.min(least, verifiedAt);
  }
  return iso(least);
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

async function uncoveredOf(state: BackupState, run: string): Promise<string[]> {
  return state.loadCatalog(run).then(
    (catalog) => [...catalog.uncovered],
    () => [],
  );
}
