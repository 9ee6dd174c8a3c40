// The server's own listing of a tree. It proves nothing about the bytes; reading them back does.
import { NxsError } from '../../domain/errors.js';
import { comparePaths } from '../../domain/paths.js';
import { statusOf } from './failure.js';
import { isObjectId, type GithubStore, type Listed } from './store.js';

/** Listings kept: the newest commit and the one before it. */
const KEPT = 2;

interface Row {
  readonly path: string;
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size?: number;
}

/** All files of a commit, asked for now. Throws DESTINATION_UNREADABLE when the server cannot give its tree. */
export function listCommit(store: GithubStore, commit: string): Promise<Listed> {
  if (!isObjectId(commit)) throw new NxsError('USAGE', `${JSON.stringify(commit)} is not a commit id.`);
  const listed = fetchListing(store, commit);
  store.listings.delete(commit);
  store.listings.set(commit, listed);
  listed.catch(() => store.listings.delete(commit));
  for (const old of [...store.listings.keys()].slice(0, -KEPT)) store.listings.delete(old);
  return listed;
}

/** The same, from memory when it was asked for lately: a commit never changes. */
export function knownListing(store: GithubStore, commit: string): Promise<Listed> {
  return store.listings.get(commit) ?? listCommit(store, commit);
}

async function fetchListing(store: GithubStore, commit: string): Promise<Listed> {
  const { tree, rows } = await walk(store, commit, '');
  const files = rows
    .filter(({ type }) => type !== 'tree')
    .map(({ path, mode, sha, size }) => ({ path, oid: sha, size: size ?? null, mode }));
  files.sort((a, b) => comparePaths(a.path, b.path));
  return { tree, files };
}

/** One request for most trees; one that comes truncated (100,000 entries, 7 MB) is asked for directory by directory. */
async function walk(
  store: GithubStore,
  treeish: string,
  below: string,
): Promise<{ tree: string; rows: readonly Row[] }> {
  const whole = await getTree(store, treeish, true);
  if (!whole.truncated) return { tree: whole.sha, rows: whole.tree.map((row) => under(below, row)) };
  const { tree } = await getTree(store, treeish, false);
  const rows: Row[] = [];
  for (const row of tree) {
    const at = under(below, row);
    if (row.type !== 'tree') rows.push(at);
    else rows.push(...(await walk(store, row.sha, `${at.path}/`)).rows);
  }
  return { tree: whole.sha, rows };
}

function under(below: string, row: Row): Row {
  return { ...row, path: below + row.path };
}

async function getTree(
  store: GithubStore,
  treeish: string,
  recursive: boolean,
): Promise<{ readonly sha: string; readonly truncated: boolean; readonly tree: readonly Row[] }> {
  const { octokit, at, where } = store.client;
  try {
    const { data } = await octokit.rest.git.getTree({
      ...at,
      tree_sha: treeish,
      ...(recursive ? { recursive: '1' } : {}),
    });
    // A download that was cut comes as 200 with nothing in it.
    if (!Array.isArray((data as { tree?: unknown }).tree)) {
      throw new NxsError('DESTINATION_UNREACHABLE', `${where}: the listing broke off.`);
    }
    return data;
  } catch (error) {
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
    throw new NxsError('DESTINATION_UNREADABLE', `${where} cannot give the tree of ${treeish.slice(0, 12)}.`);
  }
}
