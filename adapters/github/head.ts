// Where the branch stands. Right after a write GitHub may answer with the state before it, for ten seconds and more: an answer
// that is exactly the one before our own last move is asked for again, until it is new or a minute has passed.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Head } from '../../domain/backup/ports.js';
import { isEmptyRepository, statusOf } from './failure.js';
import type { GithubStore } from './store.js';

const STALE_FOR_MS = 60_000;

/** The head of the branch; null: there is no such branch, in a repository that is there. */
export async function readHead(store: GithubStore): Promise<Head | null> {
  const { move } = await store.memory.read();
  for (let pause = 500; ; pause = Math.min(pause * 2, 8_000)) {
    const commit = await readRef(store);
    const stale = move !== null && commit !== move.commit && commit === move.before;
    if (!stale || Date.now() - move.at > STALE_FOR_MS || Date.now() < move.at) {
      return commit === null ? null : { commit, tree: await treeOf(store, commit) };
    }
    await sleep(pause);
  }
}

/** The commit that the branch names now, or null. Throws DESTINATION_DENIED when the repository itself is not there. */
export async function readRef(store: GithubStore): Promise<string | null> {
  const { octokit, at } = store.client;
  try {
    const { data } = await octokit.rest.git.getRef({ ...at, ref: `heads/${store.branch}` });
    return data.object.sha;
  } catch (error) {
    if (isEmptyRepository(error)) return null;
    if (statusOf(error) !== 404) throw error;
    // The same answer for "no branch" and for "no repository".
    await octokit.rest.repos.get(at);
    return null;
  }
}

/** The tree of a commit. */
export async function treeOf(store: GithubStore, commit: string): Promise<string> {
  const { move } = await store.memory.read();
  if (move?.commit === commit) return move.tree;
  const known = await store.listings.get(commit)?.catch(() => null);
  if (known !== undefined && known !== null) return known.tree;
  const { data } = await store.client.octokit.rest.git.getCommit({ ...store.client.at, commit_sha: commit });
  return data.tree.sha;
}

/** True when the repository still has this commit, on whatever branch or on none. */
export async function hasCommit(store: GithubStore, commit: string): Promise<boolean> {
  const { octokit, at } = store.client;
  try {
    await octokit.rest.git.getCommit({ ...at, commit_sha: commit });
    return true;
  } catch (error) {
    if (isEmptyRepository(error)) return false;
    if (statusOf(error) !== 404) throw error;
    return false;
  }
}
