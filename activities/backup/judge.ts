// From "what is expected" to a verdict for every file, for a run's own verification and for a later look alike.
import { classify, type ReadResult } from '../../domain/backup/classify.js';
import type { EntryResult, StagedFile } from '../../domain/backup/entry.js';
import type { Destination, RemoteFile } from '../../domain/backup/ports.js';
import { dueForRead, rollingShare, type Proof, type VerifyLevel } from '../../domain/backup/proof.js';
import type { BackupPorts, Task } from './ports.js';
import { NxsError } from '../../domain/errors.js';
import { readBack, type ReadBack } from './read-back.js';
import type { Listing } from './remote.js';

const NOTHING: ReadBack = new Map();

export interface Judgement {
  readonly entries: readonly EntryResult[];
  readonly proofs: readonly Proof[];
  readonly read: { readonly files: number; readonly bytes: number };
}

export interface Question {
  readonly store: Destination;
  readonly level: VerifyLevel;
  readonly expected: readonly StagedFile[];
  /** What the destination lists; on its way, because the reading need not wait for it. */
  readonly listing: Promise<Listing>;
  /** Epoch ms of the last good read by object id. */
  readonly provedAt: ReadonlyMap<string, number>;
  /** Paths that were wrong earlier in this run. */
  readonly healed: ReadonlySet<string>;
  /** What the manifest must hash to when it is read back too; null: it stands, or nothing is read. */
  readonly manifest: string | null;
  /** Commit whose tree is judged. */
  readonly commit: string;
  /** Filled while reading, for a caller that wants to keep what was read before an error. */
  readonly results?: Map<string, ReadResult>;
}

/** Reads back what is due, and classifies every expected file. Throws NxsError DESTINATION_UNREADABLE for a bad manifest. */
export async function judge(ports: BackupPorts, question: Question, task: Task): Promise<Judgement> {
  const {
    store,
    expected,
    provedAt,
    healed,
    level,
    manifest,
    commit,
    results = new Map<string, ReadResult>(),
  } = question;
  const now = ports.now();
  const { known, due } = dueOf(ports, { expected, provedAt, level }, now);
  const ownManifest = question.listing.then((there) =>
    manifest === null || there.manifest === null ? NOTHING : readBack(ports, store, [there.manifest], task),
  );
  const [listing, first, own] = await allOf(
    question.listing,
    readBack(ports, store, due, task, { commit, results }),
    ownManifest,
  );
  if (manifest !== null) requireManifest(store, listing.manifest, manifest, own);
  const listed = listing.files;
  // A path that lists another object is read through that object, so that the record can name the hash it has.
  const strays = due.flatMap((file) => {
    const there = listed.get(file.path);
    return there === undefined || there.oid === file.oid ? [] : [there];
  });
  const back = new Map([...first, ...(await readBack(ports, store, strays, task))]);
  const dueNow = new Set(due.map((file) => file.path));
  const entries: EntryResult[] = [];
  const proofs: Proof[] = [];
  for (const file of known) {
    const there = listed.get(file.path) ?? null;
    const read: ReadResult | null = dueNow.has(file.path) ? (back.get(there?.oid ?? '') ?? null) : null;
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
  const bytes = due.reduce((sum, file) => sum + file.size, 0);
  return { entries, proofs, read: { files: due.length, bytes } };
}

/** Every expected file with its proof so far, and those whose bytes are to be read now. */
export function dueOf(
  ports: BackupPorts,
  { expected, provedAt, level }: Pick<Question, 'expected' | 'provedAt' | 'level'>,
  now: number,
): { readonly known: readonly Proof[]; readonly due: readonly Proof[] } {
  const known: Proof[] = expected.map((file) => ({ ...file, verifiedAt: provedAt.get(file.oid) ?? null }));
  const { every, within } = ports.settings.verify;
  const policy = { level, now, within, share: rollingShare(every, within), touched: false };
  return { known, due: dueForRead(known, policy) };
}

/** Waits for all of them also when one fails, so that nothing goes on reading behind a step that has ended. */
async function allOf<A, B, C>(a: Promise<A>, b: Promise<B>, c: Promise<C>): Promise<[A, B, C]> {
  await Promise.allSettled([a, b, c]);
  return Promise.all([a, b, c]);
}

function requireManifest(store: Destination, listed: RemoteFile | null, sha256: string, own: ReadBack): void {
  const read = listed === null ? undefined : own.get(listed.oid);
  if (read?.kind === 'bytes' && read.sha256 === sha256) return;
  const why =
    read === undefined ? 'it is gone' : read.kind === 'broken' ? read.reason : 'its bytes are others';
  throw new NxsError('DESTINATION_UNREADABLE', `The manifest in ${store.name} is damaged: ${why}.`);
}

/** The last good read of each object id that a proof book knows. */
export function provedTimes(proofs: readonly Proof[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const { oid, verifiedAt } of proofs) {
    if (verifiedAt !== null) times.set(oid, Math.max(verifiedAt, times.get(oid) ?? 0));
  }
  return times;
}
