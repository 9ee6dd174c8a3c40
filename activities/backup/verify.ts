// A run proves its own commit, not "the head": another run may have moved that by now.
import { unproved } from '../../domain/backup/classify.js';
import type { EntryResult } from '../../domain/backup/entry.js';
import { allProved, countStatuses } from '../../domain/backup/record.js';
import { NxsError } from '../../domain/errors.js';
import type { VerifyInput, VerifyResult } from '../contracts.js';
import { judge, provedTimes } from './judge.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { trustedBook, viewCommit } from './remote.js';

/** Verifies what the run published. Throws NxsError DESTINATION_UNREADABLE when the commit itself cannot be read. */
export async function verifyBackup(
  ports: BackupPorts,
  input: VerifyInput,
  task: Task,
): Promise<VerifyResult> {
  const { run, destination } = input;
  const store = storeOf(ports, destination);
  const catalog = await ports.state.loadCatalog(run);
  const commit = await ports.state.loadCommit(run, destination);
  const book = await trustedBook(ports, store);
  const view = await viewCommit(ports, store, commit, book, task);
  if (view.manifest === null) {
    throw new NxsError('DESTINATION_UNREADABLE', `${store.name} lost the manifest of ${commit}.`);
  }
  const earlier = await ports.state.loadEntries(run, destination);
  const healed = new Set(earlier.filter(wasWrong).map((entry) => entry.path));
  const listed = view.files;
  const provedAt = provedTimes(book?.files ?? []);
  const question = { store, level: 'run', expected: catalog.files, listed, provedAt, healed } as const;
  const { entries, proofs, read } = await judge(ports, question, task);
  const problems = catalog.problems.map(({ local, path, status, reason }) =>
    unproved({ local, path: path ?? local }, status, 'local', reason),
  );
  const all = [...entries, ...problems];
  await ports.state.saveEntries(run, destination, all);
  const counts = countStatuses(all);
  const present = new Set(catalog.files.map((file) => file.path));
  const carried = view.manifest.files
    .filter((file) => !present.has(file.path))
    .map((file) => ({ ...file, verifiedAt: provedAt.get(file.oid) ?? null }));
  await ports.state.saveProofs(destination, {
    node: ports.settings.node,
    commit,
    manifest: view.manifest.digest,
    witness: await store.witness(),
    provedAt: allProved(counts) ? ports.now() : (book?.provedAt ?? null),
    files: [...proofs, ...carried],
  });
  return { counts, healable: entries.filter((entry) => entry.action === 'REUPLOAD').length, read };
}

/** Wrong in an earlier round of this run (or healed in one already). */
function wasWrong(entry: EntryResult): boolean {
  return entry.status === 'HEALED' || entry.action === 'REUPLOAD';
}
