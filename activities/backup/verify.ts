// A run proves its own commit, not "the head": another run may have moved that by now.
import { fileChecks } from '../../domain/backup/checks.js';
import { unproved, type ReadResult } from '../../domain/backup/classify.js';
import type { EntryResult } from '../../domain/backup/entry.js';
import { allProved, countStatuses } from '../../domain/backup/record.js';
import type { VerifyInput, VerifyResult } from '../contracts.js';
import type { Proof } from '../../domain/backup/proof.js';
import { judge, provedTimes, type Question } from './judge.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { listCommit, listingOf, lookingAt, standsFor, trustedBook } from './remote.js';

/** Verifies what the run published. Throws NxsError DESTINATION_UNREADABLE when the commit itself cannot be read. */
export function verifyBackup(ports: BackupPorts, input: VerifyInput, task: Task): Promise<VerifyResult> {
  return lookingAt(ports, storeOf(ports, input.destination), () => verifyPublished(ports, input, task));
}

async function verifyPublished(ports: BackupPorts, input: VerifyInput, task: Task): Promise<VerifyResult> {
  const { run, destination } = input;
  const store = storeOf(ports, destination);
  const catalog = await ports.state.loadCatalog(run);
  const { commit, manifest: digest, carried, refused } = await ports.state.loadPublished(run, destination);
  const book = await trustedBook(ports, store);
  // From before the reading: what is touched behind our back from here on shows in the next run.
  const witness = book?.witness ?? (await store.witness());
  const earlier = await ports.state.loadEntries(run, destination);
  const healed = new Set(earlier.filter(wasWrong).map((entry) => entry.path));
  // What was wrong in this run counts by a read that came after: an older proof may be of a repository that is gone.
  const wrong = new Set(earlier.filter(({ action }) => action === 'REUPLOAD').map(({ path }) => path));
  const doubted = new Set(catalog.files.filter(({ path }) => wrong.has(path)).map(({ oid }) => oid));
  const provedAt = provedTimes((book?.files ?? []).filter(({ oid }) => !doubted.has(oid)));
  const heldBack = new Set(refused.map(({ path }) => path));
  const question = {
    store,
    level: 'run',
    expected: refused.length === 0 ? catalog.files : catalog.files.filter(({ path }) => !heldBack.has(path)),
    listing: standsFor(book, commit) ? Promise.resolve(listingOf(book)) : listCommit(store, commit),
    provedAt,
    healed,
    manifest: standsFor(book, commit) ? null : digest,
    commit,
    results: new Map<string, ReadResult>(),
  } as const;
  const about = { node: ports.settings.node, prefix: store.prefix, commit, manifest: digest, witness };
  const { entries, proofs, read } = await judge(ports, question, task).catch(async (error: unknown) => {
    // Told to wait: what was read so far need not be read again after the wait.
    const { provedAt: before } = book ?? { provedAt: null };
    const files = provedSoFar(question, ports.now());
    await ports.state.saveProofs(destination, { ...about, provedAt: before, files });
    throw error;
  });
  const problems = [...catalog.problems, ...refused].map(({ local, path, status, reason }) =>
    unproved({ local, path: path ?? local }, status, 'local', reason),
  );
  const all = [...entries, ...problems];
  await ports.state.saveEntries(run, destination, all);
  const counts = countStatuses(all);
  const kept = carried.map((file) => ({ ...file, verifiedAt: provedAt.get(file.oid) ?? null }));
  await ports.state.saveProofs(destination, {
    ...about,
    provedAt: allProved(counts) ? ports.now() : (book?.provedAt ?? null),
    files: [...proofs, ...kept],
  });
  const healable = entries.filter((entry) => entry.action === 'REUPLOAD').length;
  return { counts, healable, read, checks: fileChecks(all) };
}

function provedSoFar(
  { expected, provedAt, results }: Pick<Question, 'expected' | 'provedAt' | 'results'>,
  now: number,
): readonly Proof[] {
  return expected.map((file) => {
    const read = results?.get(file.oid);
    const good = read?.kind === 'bytes' && read.sha256 === file.sha256;
    return { ...file, verifiedAt: good ? now : (provedAt.get(file.oid) ?? null) };
  });
}

/** Wrong in an earlier round of this run (or healed in one already). */
function wasWrong(entry: EntryResult): boolean {
  return entry.status === 'HEALED' || entry.action === 'REUPLOAD';
}
