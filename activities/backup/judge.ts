// From "what is expected" to a verdict for every file, for a run's own verification and for a later look alike.
import { classify, type ReadResult } from '../../domain/backup/classify.js';
import type { EntryResult, StagedFile } from '../../domain/backup/entry.js';
import type { Destination, RemoteFile } from '../../domain/backup/ports.js';
import { dueForRead, type Proof, type VerifyLevel } from '../../domain/backup/proof.js';
import { rollingShare } from '../../domain/backup/proof.js';
import type { BackupPorts, Task } from './ports.js';
import { readBack } from './read-back.js';

export interface Judgement {
  readonly entries: readonly EntryResult[];
  readonly proofs: readonly Proof[];
  readonly read: { readonly files: number; readonly bytes: number };
}

export interface Question {
  readonly store: Destination;
  readonly level: VerifyLevel;
  readonly expected: readonly StagedFile[];
  /** The destination's listing, by path without prefix. */
  readonly listed: ReadonlyMap<string, RemoteFile>;
  /** Epoch ms of the last good read by object id. */
  readonly provedAt: ReadonlyMap<string, number>;
  /** Paths that were wrong earlier in this run. */
  readonly healed: ReadonlySet<string>;
}

/** Reads back what is due, and classifies every expected file. */
export async function judge(ports: BackupPorts, question: Question, task: Task): Promise<Judgement> {
  const { store, expected, listed, provedAt, healed, level } = question;
  const now = ports.now();
  const known: Proof[] = expected.map((file) => ({ ...file, verifiedAt: provedAt.get(file.oid) ?? null }));
  const { every, within } = ports.settings.verify;
  const policy = { level, now, within, share: rollingShare(every, within), touched: false };
  // A path that lists another object is read through that object, so that the record can name the hash it has.
  const due = dueForRead(known, policy).flatMap((file) => {
    const there = listed.get(file.path);
    return there === undefined ? [] : [{ ...file, oid: there.oid, size: there.size ?? file.size }];
  });
  const back = await readBack(ports, store, due, task);
  const dueNow = new Set(due.map((file) => file.path));
  const entries: EntryResult[] = [];
  const proofs: Proof[] = [];
  for (const file of known) {
    const there = listed.get(file.path) ?? null;
    const read: ReadResult | null = dueNow.has(file.path)
      ? (back.results.get(there?.oid ?? '') ?? null)
      : null;
    const entry = classify({
      expected: file,
      listed: there,
      read,
      provedAt: file.verifiedAt,
      healed: healed.has(file.path),
      now,
    });
    entries.push(entry);
    proofs.push({ ...file, verifiedAt: entry.verified_at === null ? null : Date.parse(entry.verified_at) });
  }
  return { entries, proofs, read: { files: back.files, bytes: back.bytes } };
}

/** The last good read of each object id that a proof book knows. */
export function provedTimes(proofs: readonly Proof[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { oid, verifiedAt } of proofs) {
    if (verifiedAt !== null) times.set(oid, Math.max(verifiedAt, times.get(oid) ?? 0));
  }
  return times;
}
