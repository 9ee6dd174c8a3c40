// One commit per run and destination, made on the head we looked at; nothing is forced. A destination whose own tree cannot
// be read is rescued: healed in place when possible, else moved aside (never deleted) and started anew.
import type { EntryResult, StagedFile, StageProblem } from '../../domain/backup/entry.js';
import { unproved } from '../../domain/backup/classify.js';
import type { Catalog, ProofBook } from '../../domain/backup/local-ports.js';
import { encodeManifest, MANIFEST_PATH } from '../../domain/backup/manifest.js';
import type { Destination } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import type { DestinationRef, PublishResult } from '../contracts.js';
import { doubtOf } from './plan.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { refusals } from './refuse.js';
import { holdsExactly, listCommit, touching, viewHead, viewRemote, type RemoteView } from './remote.js';
import { stageAgain } from './stage-again.js';
import { drifted, followTrail, leaveTrail, tamperNote, type Followed } from './trail.js';

/** Makes the destination's head hold the run's catalog. Repeating it makes no second commit. */
export async function publishBackup(
  ports: BackupPorts,
  input: DestinationRef,
  task: Task,
): Promise<PublishResult> {
  const configured = storeOf(ports, input.destination);
  const catalog = await ports.state.loadCatalog(input.run);
  return touching(ports, configured, async (book) => {
    const followed = await followTrail(ports, input.run, configured);
    const { store, tamper } = followed;
    const { view, note: rescued } = await viewOrRescue(ports, input, followed, { catalog, book }, task);
    const moved = followed.ours && view.head?.commit !== book?.commit;
    const drift = moved ? drifted(view, book, catalog.files) : [];
    if (drift.length > 0) await ports.state.saveEntries(input.run, store.name, drift);
    const carried = carriedOver(view, catalog);
    const { files, refused, missing } = await accepted(
      ports,
      input.run,
      store,
      view,
      [...catalog.files, ...carried],
      task,
    );
    const about = { carried, refused };
    const notes = [
      tamperNote(configured, tamper, configured.branch),
      followed.foreign,
      drift.length === 0
        ? null
        : `changed there and put back: ${drift.slice(0, 5).map(named).join(', ')}${drift.length > 5 ? `, and ${drift.length - 5} more` : ''}`,
      rescued,
    ].filter((note) => note !== null);
    const result = { note: notes.length === 0 ? null : notes.join('; '), tamper };
    const { head, manifest: there } = view;
    if (head !== null && there !== null && holdsExactly(view, files)) {
      const { commit } = head;
      await ports.state.savePublished(input.run, store.name, { commit, manifest: there.digest, ...about });
      await leaveTrail(ports, configured, commit, tamper);
      return { commit, unchanged: true, uploaded: 0, ...result };
    }
    const fresh = files.filter((file) => view.files.get(file.path)?.oid !== file.oid);
    task.progress(`writing ${fresh.length} files to ${store.name}`);
    const toCommit = { view, files, missing };
    const { commit, manifest, damage } = await commitFiles(ports, input.run, store, toCommit, task).catch(
      (error: unknown) => commitAnew(ports, input.run, store, toCommit, error, task),
    );
    await leaveTrail(ports, configured, commit, tamper);
    await ports.state.savePublished(input.run, store.name, { commit, manifest, ...about });
    const note = [result.note, damage].filter((part) => part !== null).join('; ') || null;
    return { commit, unchanged: false, uploaded: fresh.length, ...result, note };
  });
}

function named({ status, path }: EntryResult): string {
  return `${status} ${path}`;
}

interface Accepted {
  readonly files: readonly StagedFile[];
  readonly refused: readonly StageProblem[];
  /** Blobs that have to travel; all of them are staged. */
  readonly missing: readonly string[];
}

/** What goes there, what must not, and what has to travel. */
export async function accepted(
  ports: BackupPorts,
  run: string,
  store: Destination,
  view: RemoteView,
  files: readonly StagedFile[],
  task: Task,
): Promise<Accepted> {
  const listed = new Set([...view.files.values()].flatMap((file) => (file.size === null ? [] : [file.oid])));
  const unlisted = [...new Set(files.map((file) => file.oid))].filter((oid) => !listed.has(oid));
  const missing = await store.lacks(unlisted);
  await stageMissing(ports, run, files, missing, task);
  const refused = await refusals(ports, run, store, files, new Set(missing), task);
  if (refused.length === 0) return { files, refused, missing };
  const held = new Set(refused.map(({ path }) => path));
  const left = files.filter(({ path }) => !held.has(path));
  const wanted = new Set(left.map(({ oid }) => oid));
  return { files: left, refused, missing: missing.filter((oid) => wanted.has(oid)) };
}

/** A destination that turned out to hold less than the plan believed gets the bytes all the same. */
async function stageMissing(
  ports: BackupPorts,
  run: string,
  files: readonly StagedFile[],
  missing: readonly string[],
  task: Task,
): Promise<void> {
  const unstaged = new Set(await ports.stages.lacks(run, missing));
  if (unstaged.size === 0) return;
  const again = files.filter(({ oid }) => unstaged.has(oid));
  const { held } = await stageAgain(ports, run, again, task);
  const lost = again.find(({ oid }) => !held.has(oid));
  if (lost !== undefined) {
    throw new NxsError(
      'ACTIVITY_FAILED',
      `${lost.local} changed while the run was under way; the next run takes it.`,
    );
  }
}

interface Committed {
  readonly commit: string;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  /** What turned out to be lost there, a sentence; null: nothing. */
  readonly damage: string | null;
}

interface ToCommit {
  readonly view: RemoteView;
  readonly files: readonly StagedFile[];
  readonly missing: readonly string[];
}

async function commitFiles(
  ports: BackupPorts,
  run: string,
  store: Destination,
  { view, files, missing }: ToCommit,
  task: Task,
): Promise<Committed> {
  const at = new Date(ports.now()).toISOString();
  const manifest = encodeManifest(
    { node: ports.settings.node, run, created: at, previous: view.manifest?.digest ?? null },
    files,
  );
  const published = await store.publish(
    {
      parent: view.head?.commit ?? null,
      prefix: store.prefix,
      entries: files.map(({ path, oid, size, mode }) => ({ path: store.prefix + path, oid, size, mode })),
      present: [...view.files].map(([path, { oid, mode }]) => ({ path: store.prefix + path, oid, mode })),
      extra: [{ path: store.prefix + MANIFEST_PATH, bytes: new TextEncoder().encode(manifest) }],
      missing,
      message: `Backup of ${ports.settings.node} at ${at}\n\n${files.length} files\nNxs-Run: ${run}\n`,
      at,
      author: ports.settings.node,
    },
    missing.length === 0 ? null : ports.stages.open(run),
    task.signal,
  );
  return { commit: published.commit, manifest: ports.sha256(manifest), damage: null };
}

/** It lists what it does not have: then everything travels and is read again. Throws every other error as it is. */
async function commitAnew(
  ports: BackupPorts,
  run: string,
  store: Destination,
  { view, files, missing }: ToCommit,
  error: unknown,
  task: Task,
): Promise<Committed> {
  const all = [...new Set(files.map(({ oid }) => oid))];
  const damaged = error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE';
  if (!damaged || all.length === missing.length) throw error;
  task.progress(`${store.name} has lost something, sending all of it`);
  const listed = new Set([...view.files.values()].map(({ oid }) => oid));
  const doubted = files.filter(({ oid }) => listed.has(oid));
  const broken = doubted.map((file) => unproved(file, 'UNREADABLE', 'remote', error.message));
  await ports.state.saveEntries(run, store.name, broken);
  await stageMissing(ports, run, files, all, task);
  const committed = await commitFiles(ports, run, store, { view, files, missing: all }, task);
  return { ...committed, damage: `${error.message} Everything was sent again` };
}

/** What we could not read now keeps its last backed-up version in the tree. */
export function carriedOver(view: RemoteView, catalog: Catalog): StagedFile[] {
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
  { store, head, ours }: Followed,
  seen: { readonly catalog: Catalog; readonly book: ProofBook | null },
  task: Task,
): Promise<{ view: RemoteView; note: string | null }> {
  try {
    const now = head === undefined ? await store.head() : head;
    return { view: await viewHead(ports, store, now, seen.book, task), note: null };
  } catch (error) {
    if (!(error instanceof NxsError)) throw error;
    if (ours && head && isDamage(error)) {
      // It grew out of our own commit: a foreign one broke the manifest, and this run writes it anew.
      const files = await listed(store, head.commit);
      if (files !== null) return { view: { head, files, manifest: null }, note: error.message };
    }
    if (error.code !== 'DESTINATION_UNREADABLE') throw error;
    return rescue(ports, input, store, seen.catalog, error.message, task);
  }
}

/** Null: not even the listing can be had. */
async function listed(store: Destination, commit: string): Promise<RemoteView['files'] | null> {
  try {
    return (await listCommit(store, commit)).files;
  } catch (error) {
    if (error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE') return null;
    throw error;
  }
}

function isDamage({ code, details }: NxsError): boolean {
  return (
    code === 'DESTINATION_UNREADABLE' || (code === 'DESTINATION_FOREIGN' && details['manifest'] === 'none')
  );
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
