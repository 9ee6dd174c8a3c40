// One commit per run and destination, made on the head we looked at; nothing is forced. A destination whose own tree cannot
// be read is rescued: healed in place when possible, else moved aside (never deleted) and started anew.
import type { EntryResult, StagedFile } from '../../domain/backup/entry.js';
import { unproved } from '../../domain/backup/classify.js';
import type { Catalog, ProofBook } from '../../domain/backup/local-ports.js';
import { encodeManifest, MANIFEST_PATH } from '../../domain/backup/manifest.js';
import type { Destination } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import type { DestinationRef, PublishResult } from '../contracts.js';
import { doubtOf } from './plan.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { holdsExactly, touching, viewRemote, type RemoteView } from './remote.js';
import { stageAgain } from './stage-again.js';

/** Makes the destination's head hold the run's catalog. Repeating it makes no second commit. */
export async function publishBackup(
  ports: BackupPorts,
  input: DestinationRef,
  task: Task,
): Promise<PublishResult> {
  const store = storeOf(ports, input.destination);
  const catalog = await ports.state.loadCatalog(input.run);
  return touching(ports, store, async (book) => {
    const { view, note } = await viewOrRescue(ports, input, store, { catalog, book }, task);
    const carried = carriedOver(view, catalog);
    const files = [...catalog.files, ...carried];
    const { head, manifest: there } = view;
    if (head !== null && there !== null && holdsExactly(view, files)) {
      const { commit } = head;
      await ports.state.savePublished(input.run, store.name, { commit, manifest: there.digest, carried });
      return { commit, unchanged: true, uploaded: 0, note };
    }
    const fresh = files.filter((file) => view.files.get(file.path)?.oid !== file.oid);
    task.progress(`writing ${fresh.length} files to ${store.name}`);
    const { commit, manifest } = await commitFiles(ports, input.run, store, view, files, task);
    await ports.state.savePublished(input.run, store.name, { commit, manifest, carried });
    return { commit, unchanged: false, uploaded: fresh.length, note };
  });
}

async function commitFiles(
  ports: BackupPorts,
  run: string,
  store: Destination,
  view: RemoteView,
  files: readonly StagedFile[],
  task: Task,
): Promise<{ commit: string; manifest: string }> {
  const at = new Date(ports.now()).toISOString();
  const manifest = encodeManifest(
    { node: ports.settings.node, run, created: at, previous: view.manifest?.digest ?? null },
    files,
  );
  const listed = new Set([...view.files.values()].flatMap((file) => (file.size === null ? [] : [file.oid])));
  const unlisted = [...new Set(files.map((file) => file.oid))].filter((oid) => !listed.has(oid));
  const missing = await store.lacks(unlisted);
  const published = await store.publish(
    {
      parent: view.head?.commit ?? null,
      prefix: store.prefix,
      entries: files.map(({ path, oid, size, mode }) => ({ path: store.prefix + path, oid, size, mode })),
      extra: [{ path: store.prefix + MANIFEST_PATH, bytes: new TextEncoder().encode(manifest) }],
      missing,
      message: `Backup of ${ports.settings.node} at ${at}\n\n${files.length} files\nNxs-Run: ${run}\n`,
      at,
      author: ports.settings.node,
    },
    missing.length === 0 ? null : ports.stages.open(run),
    task.signal,
  );
  return { commit: published.commit, manifest: ports.sha256(manifest) };
}

/** What we could not read now keeps its last backed-up version in the tree. */
function carriedOver(view: RemoteView, catalog: Catalog): StagedFile[] {
  if (catalog.problems.length === 0) return [];
  const isInDoubt = doubtOf(catalog);
  const present = new Set(catalog.files.map((file) => file.path));
  return (view.manifest?.files ?? []).filter(
    (file) => !present.has(file.path) && isInDoubt(file) && view.files.get(file.path)?.oid === file.oid,
  );
}

async function viewOrRescue(
  ports: BackupPorts,
  input: DestinationRef,
  store: Destination,
  seen: { readonly catalog: Catalog; readonly book: ProofBook | null },
  task: Task,
): Promise<{ view: RemoteView; note: string | null }> {
  try {
    return { view: await viewRemote(ports, store, seen.book, task), note: null };
  } catch (error) {
    if (!(error instanceof NxsError) || error.code !== 'DESTINATION_UNREADABLE') throw error;
    return rescue(ports, input, store, seen.catalog, error.message, task);
  }
}

async function rescue(
  ports: BackupPorts,
  input: DestinationRef,
  store: Destination,
  catalog: Catalog,
  damage: string,
  task: Task,
): Promise<{ view: RemoteView; note: string }> {
  task.progress(`${store.name} is damaged, rescuing it`);
  await stageAgain(ports, input.run, catalog.files, task);
  const broken: EntryResult[] = catalog.files.map((file) => unproved(file, 'UNREADABLE', 'remote', damage));
  await ports.state.saveEntries(input.run, store.name, broken);
  const stage = ports.stages.open(input.run);
  const healing = {
    oids: catalog.files.map((file) => file.oid),
    commit: null,
    at: new Date(ports.now()).toISOString(),
    author: ports.settings.node,
  };
  const attempt = await store.heal(healing, stage, task.signal).then(
    ({ note }) => note,
    () => 'healing in place failed',
  );
  try {
    return { view: await viewRemote(ports, store, null, task), note: `${damage} ${attempt}` };
  } catch (error) {
    if (!(error instanceof NxsError) || error.code !== 'DESTINATION_UNREADABLE') throw error;
    // What others keep in the same store is not ours to move away.
    if (store.prefix !== '') throw error;
    const kept = await store.setAside(new Date(ports.now()).toISOString());
    await store.prepare();
    const view = await viewRemote(ports, store, null, task);
    return {
      view,
      note: `${damage} It could not be healed in place: a full backup was made anew, the damaged one is kept at ${kept}`,
    };
  }
}
