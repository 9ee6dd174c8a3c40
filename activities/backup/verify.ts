// A run proves its own commit, not "the head": another run may have moved that by now.
import { unproved } from '../../domain/backup/classify.js';
import type { EntryResult } from '../../domain/backup/entry.js';
import { allProved, countStatuses } from '../../domain/backup/record.js';
import type { VerifyInput, VerifyResult } from '../contracts.js';
import { judge, provedTimes } from './judge.js';
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
  const { commit, manifest: digest, carried } = await ports.state.loadPublished(run, destination);
  const book = await trustedBook(ports, store);
  // From before the reading: what is touched behind our back from here on shows in the next run.
  const witness = book?.witness ?? (await store.witness());
  const earlier = await ports.state.loadEntries(run, destination);
  const healed = new Set(earlier.filter(wasWrong).map((entry) => entry.path));
  const provedAt = provedTimes(book?.files ?? []);
  const question = {
    store,
    level: 'run',
    expected: catalog.files,
    listing: standsFor(book, commit) ? Promise.resolve(listingOf(book)) : listCommit(store, commit),
    provedAt,
    healed,
    manifest: standsFor(book, commit) ? null : digest,
  } as const;
  const { entries, proofs, read } = await judge(ports, question, task);
  const problems = catalog.problems.map(({ local, path, status, reason }) =>
    unproved({ local, path: path ?? local }, status, 'local', reason),
  );
  const all = [...entries, ...problems];
  await ports.state.saveEntries(run, destination, all);
  const counts = countStatuses(all);
  const kept = carried.map((file) => ({ ...file, verifiedAt: provedAt.get(file.oid) ?? null }));
  await ports.state.saveProofs(destination, {
    node: ports.settings.node,
    commit,
    manifest: digest,
    witness,
    provedAt: allProved(counts) ? ports.now() : (book?.provedAt ?? null),
    files: [...proofs, ...kept],
  });
  return { counts, healable: entries.filter((entry) => entry.action === 'REUPLOAD').length, read };
}

/** Wrong in an earlier round of this run (or healed in one already). */
function wasWrong(entry: EntryResult): boolean {
  return entry.status === 'HEALED' || entry.action === 'REUPLOAD';
}
