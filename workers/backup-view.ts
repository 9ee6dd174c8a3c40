// What `nxs backup status`, `nxs status` and the HTTP API show of the backups, read from the state directory alone: it also
// works when nothing runs.
import { z } from 'zod';
import { openBackupState } from '../adapters/files/backup-state.js';
import { formatDuration } from '../config/schemas/duration.js';
import type { Config } from '../config/types.js';
import { keptDrillSchema, type KeptDrill } from '../domain/backup/drill.js';
import type { KeptAccess } from '../domain/backup/access.js';
import { fileChecks, type FileChecks } from '../domain/backup/checks.js';
import type { Wait } from '../domain/backup/ports.js';
import { tamperSchema } from '../domain/backup/trail.js';
import { plural, runRecordSchema, type RunRecord } from '../domain/backup/record.js';
import { isTooOld } from '../domain/backup/proof.js';
import { isProved, type EntryResult } from '../domain/backup/entry.js';
import { CHECK_RUN } from '../domain/backup/local-ports.js';
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

const checkViewSchema = z.object({
  check: z.enum(['exists', 'hash', 'size', 'access', 'recency']),
  result: z.enum(['good', 'bad', 'unknown']),
  /** ISO time of the look; null: nobody has looked yet. */
  at: z.string().nullable(),
  detail: z.string(),
});

type CheckView = z.infer<typeof checkViewSchema>;

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
  /** The seed's five checks, each with the last thing it found. */
  checks: z.array(checkViewSchema),
  /** The branch was set back by somebody and a person has not decided yet; else null. */
  tamper: tamperSchema.nullable(),
  /** The server, or the budget of writes, lets nothing through before `until` (ISO time); else null. */
  waiting: z.object({ until: z.string(), reason: z.string() }).nullable(),
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
      const wait = each.state === 'ready' ? await each.store.waiting() : null;
      return destinationView({ name, kind, location, note, wait, last, state, now, config });
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
  readonly wait: Wait | null;
  readonly last: RunRecord | null;
  readonly state: BackupState;
  readonly now: number;
  readonly config: Config;
}

async function destinationView(subject: Subject): Promise<BackupView['destinations'][number]> {
  const { name, kind, location, note, wait, last, state, now, config } = subject;
  const record = last?.destinations.find((each) => each.name === name) ?? null;
  const book = await state.loadProofs(name);
  const ofRun = last === null ? [] : await state.loadEntries(last.run, name);
  const { entries, wrong } = await withLaterLook(state, name, ofRun, book);
  const provedAt = book?.provedAt ?? null;
  const proofs = new Map(book?.files.map((file) => [file.path, file.verifiedAt] as const));
  const tooOld = isTooOld(provedAt, now, config.backup.recency_limit);
  const seen = last === null || record === null ? null : { at: last.finished, checks: record.checks };
  return {
    name,
    kind,
    location,
    state: note !== null ? 'not_configured' : wrong > 0 ? 'not_proved' : (record?.state ?? 'never run'),
    note: note ?? (wrong > 0 ? foundWrong(wrong) : (record?.note ?? null)),
    same_disk: record?.same_disk ?? null,
    commit: record?.commit ?? book?.commit ?? null,
    last_proved: iso(provedAt),
    too_old: tooOld,
    oldest_verification: oldest(book),
    checks: [
      ...fileCheckViews(wrong > 0 ? { at: null, checks: fileChecks(entries) } : seen),
      accessView(await state.lastAccess(name)),
      recencyView({ provedAt, tooOld, now, limit: config.backup.recency_limit }),
    ],
    tamper: (await state.loadTrail(name))?.tamper ?? null,
    waiting: wait === null ? null : { until: new Date(wait.until).toISOString(), reason: wait.reason },
    last_drill: drillView(await state.lastDrill(name), now),
    files: entries.map((entry) => row(entry, proofs)),
  };
}

/** Files that the last run proved and a verification found wrong since; a run that mends them proves them again. */
async function withLaterLook(
  state: BackupState,
  name: string,
  ofRun: readonly EntryResult[],
  book: ProofBook | null,
): Promise<{ readonly entries: readonly EntryResult[]; readonly wrong: number }> {
  const lost = new Set(book?.files.filter((file) => file.verifiedAt === null).map(({ path }) => path));
  if (lost.size === 0) return { entries: ofRun, wrong: 0 };
  const bad = (await state.loadEntries(CHECK_RUN, name)).filter(
    ({ path, status }) => lost.has(path) && !isProved(status),
  );
  const now = new Map(bad.map((entry) => [entry.path, entry] as const));
  let wrong = 0;
  const entries = ofRun.map((entry) => {
    const later = isProved(entry.status) ? now.get(entry.path) : undefined;
    if (later !== undefined) wrong += 1;
    return later ?? entry;
  });
  return { entries, wrong };
}

function foundWrong(files: number): string {
  return `the last verification found ${plural(files, 'file')} wrong; nxs backup run mends and proves them again`;
}

function fileCheckViews(
  seen: { readonly at: string | null; readonly checks: FileChecks | null } | null,
): CheckView[] {
  return (['exists', 'hash', 'size'] as const).map((check) => {
    const found = seen?.checks?.[check] ?? null;
    if (found === null)
      return { check, result: 'unknown', at: null, detail: 'not looked at in the last run' };
    const { checked, failed } = found;
    return {
      check,
      result: failed === 0 ? 'good' : 'bad',
      at: seen?.at ?? null,
      detail: `${checked - failed} of ${plural(checked, 'file')}`,
    };
  });
}

function accessView(access: KeptAccess | null): CheckView {
  if (access === null)
    return { check: 'access', result: 'unknown', at: null, detail: 'the hourly check has not run yet' };
  const { state, detail, at } = access;
  const result = state === 'ok' ? 'good' : state === 'limited' ? 'unknown' : 'bad';
  return { check: 'access', result, at, detail: state === 'ok' ? detail : `${state}: ${detail}` };
}

function recencyView(about: {
  readonly provedAt: number | null;
  readonly tooOld: boolean;
  readonly now: number;
  readonly limit: number;
}): CheckView {
  const { provedAt, tooOld, now, limit } = about;
  const age = provedAt === null ? 'never proved' : `proved ${iso(provedAt) ?? ''}`;
  return {
    check: 'recency',
    result: tooOld ? 'bad' : 'good',
    at: new Date(now).toISOString(),
    detail: `${age}, the limit is ${formatDuration(limit)}`,
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
