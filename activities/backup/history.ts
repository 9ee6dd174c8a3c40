// Which backups a destination holds: what `--at` takes, and what each of them changed.
import { countChanges, differences } from '../../domain/backup/difference.js';
import type { Destination, RemoteFile, Revision } from '../../domain/backup/ports.js';
import { errorMessage } from '../../domain/errors.js';
import { storeOf, type BackupPorts, type ConfiguredDestination, type Task } from './ports.js';
import { listCommit } from './remote.js';
import { currentStore } from './trail.js';

/** One backup. What its tree says is null when the tree cannot be read. */
export interface BackupEntry {
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly subject: string;
  readonly files: number | null;
  readonly bytes: number | null;
  /** Against the backup before it. */
  readonly added: number | null;
  readonly changed: number | null;
  readonly removed: number | null;
}

export interface DestinationHistory {
  readonly name: string;
  readonly location: string;
  readonly state: 'ready' | 'not_configured' | 'failed';
  /** One sentence, when there is something to say. */
  readonly note: string | null;
  /** Newest first. */
  readonly backups: readonly BackupEntry[];
}

/** The newest `limit` backups of one destination or of each. Throws NxsError USAGE for an unknown one. */
export async function listBackups(
  ports: BackupPorts,
  { destination, limit }: { readonly destination: string | null; readonly limit: number },
  task: Task,
): Promise<readonly DestinationHistory[]> {
  const named = destination === null ? null : storeOf(ports, destination).name;
  const wanted = ports.destinations.filter(({ name }) => named === null || name === named);
  const histories: DestinationHistory[] = [];
  for (const each of wanted) histories.push(await historyOf(ports, each, limit, task));
  return histories;
}

async function historyOf(
  ports: BackupPorts,
  each: ConfiguredDestination,
  limit: number,
  task: Task,
): Promise<DestinationHistory> {
  const { name } = each;
  if (each.state === 'not_configured')
    return { name, location: each.location, state: 'not_configured', note: each.note, backups: [] };
  const { location } = each.store;
  task.progress(`looking into ${name}`);
  try {
    const store = await currentStore(ports, each.store);
    if ((await store.access(ports.source.root)).state === 'absent') {
      const gone = (await ports.state.loadProofs(name)) !== null;
      return gone
        ? { name, location, state: 'failed', note: 'nothing is there now; is its disk mounted?', backups: [] }
        : { name, location, state: 'ready', note: 'it holds no backup yet', backups: [] };
    }
    const backups = await ports.alone(store, () => entriesOf(store, limit, task));
    const aside =
      store.branch === each.store.branch ? null : `its branch was set back; this is ${store.branch}`;
    const note = backups.length === 0 ? 'it holds no backup yet' : aside;
    return { name, location, state: 'ready', note, backups };
  } catch (error) {
    return { name, location, state: 'failed', note: errorMessage(error), backups: [] };
  }
}

type Tree = ReadonlyMap<string, RemoteFile> | null;

async function entriesOf(store: Destination, limit: number, task: Task): Promise<readonly BackupEntry[]> {
  // One more than is shown: the last one is compared with it.
  const revisions = await store.revisions(limit + 1);
  const entries: BackupEntry[] = [];
  let later: { readonly revision: Revision; readonly tree: Tree } | null = null;
  for (const revision of revisions) {
    const tree = await treeOf(store, revision.commit);
    if (later !== null) entries.push(entryOf(later.revision, later.tree, tree));
    later = { revision, tree };
    task.progress(`${entries.length} backups of ${store.name}`);
  }
  // The very first backup of a branch added all of its files.
  if (later !== null && revisions.length <= limit)
    entries.push(entryOf(later.revision, later.tree, new Map()));
  // The commit that a new repository begins with holds nothing of ours.
  return entries.filter(({ files, removed }) => files !== 0 || (removed ?? 0) > 0);
}

/** A tree that is damaged is said to be unknown; the others are shown all the same. */
async function treeOf(store: Destination, commit: string): Promise<Tree> {
  return listCommit(store, commit).then(
    ({ files }) => files,
    () => null,
  );
}

function entryOf({ commit, at, subject }: Revision, tree: Tree, before: Tree): BackupEntry {
  const none = { added: null, changed: null, removed: null };
  if (tree === null) return { commit, at, subject, files: null, bytes: null, ...none };
  const bytes = [...tree.values()].reduce((sum, file) => sum + (file.size ?? 0), 0);
  const changes = before === null ? none : countChanges(differences(known(before), known(tree)));
  return { commit, at, subject, files: tree.size, bytes, ...changes };
}

/** Blob ids tell as well as hashes whether two listings differ. */
function known(tree: NonNullable<Tree>) {
  return [...tree].map(([local, { oid, size, mode }]) => ({
    local,
    sha256: oid,
    size: size ?? 0,
    mode: mode === '100755' ? ('100755' as const) : ('100644' as const),
  }));
}
