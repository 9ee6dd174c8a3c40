// The hub of a node: a branch somewhere, and our own bare copy, in which everything is prepared before a word of it goes out.
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NxsError } from '../../domain/errors.js';
import type { Version } from '../../domain/sync/model.js';
import type { CommitPlan, Hub, RemoteEntry } from '../../domain/sync/ports.js';
import { checkObjects } from '../git/batch-check.js';
import { writeBareRepository } from '../git/bare.js';
import { maintain } from '../git/maintenance.js';
import { commitObject, gitObject, type GitObject } from '../git/objects.js';
import { packStream } from '../git/pack-stream.js';
import { readObjects } from '../git/read-back.js';
import type { GitStore } from '../git/store.js';
import { receivePack } from '../git/transfer.js';
import { addressOf } from './address.js';
import { isDescendant, listTree, readEverHeld, readStamps, readVersions } from './history.js';
import { placeOf, type HubSettings } from './place.js';
import { readRef, removeHalfWritten, writeRef } from './refs.js';
import { fetchTip, pushTo, remoteTip } from './remote.js';
import { keepRoot, keepTree, openTreeCache, plannedTrees } from './trees.js';

/** Contents that wait for a commit are written once they are this many bytes. */
const MOST_WAITING = 32 * 1024 * 1024;

/** A lock or a temporary file of git's that is older belongs to nobody, ms. */
const STALE_MS = 30 * 60_000;

/** Opens it; nothing is touched before `prepare`. Throws NxsError CONFIG_INVALID for an address that git cannot reach safely. */
export function openHub(settings: HubSettings): Hub {
  const address = addressOf(settings.remote, settings.dir);
  const place = placeOf(settings, address);
  const { copy } = place;
  const cache = openTreeCache();
  const waiting = new Map<string, GitObject>();
  let waitingBytes = 0;
  let listed: Listing | null = null;
  /** Of the commit that we made last, which becomes the tip as a rule. */
  let own: Listing | null = null;

  const write = async (objects: readonly GitObject[]): Promise<void> => {
    const all = [...new Map([...waiting.values(), ...objects].map((each) => [each.oid, each])).values()];
    if (all.length > 0) await receivePack(copy, packStream([], all));
    waiting.clear();
    waitingBytes = 0;
  };

  return {
    location: address.shown,
    branch: settings.branch,
    async prepare() {
      await mkdir(copy.gitHome, { recursive: true, mode: 0o700 });
      await makeBare(copy.path, settings.branch);
      await removeHalfWritten(copy.path);
      if (address.kind === 'local' && address.embedded) await makeBare(address.path, settings.branch);
    },
    tip: (signal) => remoteTip(place, signal),
    fetch: (signal) => fetchTip(place, signal),
    descends: (tip, from) => isDescendant(copy, tip, from),
    async list(commit) {
      if (own?.commit === commit) listed = own;
      if (listed?.commit !== commit) listed = { commit, entries: await listTree(copy, commit) };
      return listed.entries;
    },
    stamps: (after, tip) => readStamps(copy, after, tip),
    everHeld: (commit) => readEverHeld(copy, commit),
    versions: (path, commits) => readVersions(copy, path, commits),
    read: (oids, signal) => readContents(copy, waiting, oids, signal),
    async lacks(oids) {
      const asked = oids.filter((oid) => !waiting.has(oid));
      const known = await checkObjects(copy, asked);
      return asked.filter((_oid, index) => known[index]?.type !== 'blob');
    },
    async put(bytes) {
      const object = gitObject('blob', bytes);
      if (!waiting.has(object.oid)) waitingBytes += bytes.length;
      waiting.set(object.oid, object);
      if (waitingBytes > MOST_WAITING) await write([]);
      return object.oid;
    },
    async commit(plan, ref) {
      const { root, fresh } = await plannedTrees(copy, cache, plan);
      const commit = commitOf(plan, root);
      await write([...fresh, commit]);
      for (const tree of fresh) keepTree(cache, tree);
      keepRoot(cache, commit.oid, root);
      if (own?.commit === plan.basis) listed = own;
      const entries = derived(listed, plan);
      if (entries !== null) own = { commit: commit.oid, entries };
      if (ref !== null) await writeRef(copy.path, ref, commit.oid);
      return commit.oid;
    },
    ref: (name) => readRef(copy.path, name),
    publish: (commit, _expected, signal) => pushTo(place, commit, settings.branch, signal),
    async pushAside(commit, branch, signal) {
      if ((await pushTo(place, commit, branch, signal)) === 'moved')
        throw new NxsError(
          'HUB_DENIED',
          `Branch ${branch} of ${address.shown} is there and holds something else.`,
        );
    },
    async tidy() {
      await removeStale(copy.path);
      await maintain(copy);
    },
  };
}

interface Listing {
  readonly commit: string;
  readonly entries: readonly RemoteEntry[];
}

/** The listing of a commit of ours, out of that of its basis; null where it is not that simple. */
function derived(listed: Listing | null, { basis, changes }: CommitPlan): readonly RemoteEntry[] | null {
  if (listed === null || listed.commit !== basis) return null;
  const entries = new Map(listed.entries.map((entry) => [entry.path, entry]));
  for (const [path, version] of changes) {
    // A name that comes or goes may take others with it (a file for a directory).
    if (version === null || !entries.has(path) || !('size' in version)) return null;
    const { oid, mode, size } = version as Version;
    entries.set(path, { path, utf8: true, mode, oid, size });
  }
  return [...entries.values()];
}

function commitOf({ parents, message, at, author }: CommitPlan, tree: string): GitObject {
  return commitObject({ tree, parents, author, at, message });
}

async function makeBare(path: string, branch: string): Promise<void> {
  if (existsSync(join(path, 'HEAD'))) return;
  // What a crash left of an earlier try is in the way of nothing.
  await writeBareRepository(path, branch);
}

async function readContents(
  copy: GitStore,
  waiting: ReadonlyMap<string, GitObject>,
  oids: readonly string[],
  signal?: Parameters<Hub['read']>[1],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const asked: string[] = [];
  for (const oid of new Set(oids)) {
    const held = waiting.get(oid);
    if (held === undefined) asked.push(oid);
    else found.set(oid, held.bytes);
  }
  if (asked.length === 0) return found;
  for await (const read of readObjects(copy, asked, signal)) {
    if ('problem' in read) throw damaged(copy, read.oid, read.reason);
    const chunks: Uint8Array[] = [];
    for await (const chunk of read.chunks) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (read.type !== 'blob' || gitObject('blob', bytes).oid !== read.oid)
      throw damaged(copy, read.oid, 'its content is not what its name says');
    found.set(read.oid, bytes);
  }
  return found;
}

function damaged(copy: GitStore, oid: string, reason: string): NxsError {
  return new NxsError(
    'HUB_DAMAGED',
    `Our copy of the hub (${copy.path}) does not give ${oid.slice(0, 12)}: ${reason}.`,
  );
}

/** Locks and half-written packs of a git that was killed, and half-written files of ours. */
async function removeStale(path: string): Promise<void> {
  const before = Date.now() - STALE_MS;
  for (const dir of ['', 'refs/heads', 'refs/remotes/hub', 'objects/pack']) {
    for (const name of await readdir(join(path, dir)).catch(() => [])) {
      if (!/\.(lock|tmp)$|^tmp_/.test(name)) continue;
      const file = join(path, dir, name);
      const age = await stat(file).catch(() => null);
      if (age !== null && age.mtimeMs < before) await rm(file, { force: true });
    }
  }
}
