// One run, one commit, one move of the branch, never forced: until the last request the old head stands untouched, and the
// server refuses the last one when the branch has moved.
import type { CancelSignal, Change, Published, Stage } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { isEmptyRepository, statusOf } from './failure.js';
import { bootstrap, readme } from './bootstrap.js';
import { growTree } from './grow-tree.js';
import { readRef, treeOf } from './head.js';
import { knownListing } from './list.js';
import { asked, type GithubStore } from './store.js';
import { upload } from './upload.js';
import { wantedTree, type Placed } from './wanted-tree.js';

/** The port's publish(). Throws DESTINATION_CONFLICT when the branch moved; what was sent so far need not travel again. */
export async function publishChange(
  store: GithubStore,
  change: Change,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<Published> {
  try {
    return await publishOn(store, change, stage, signal);
  } catch (error) {
    if (!isEmptyRepository(error) || change.parent !== null) throw error;
    const parent = await bootstrap(store, change.prefix);
    return publishOn(store, { ...change, parent }, stage, signal);
  }
}

async function publishOn(
  store: GithubStore,
  change: Change,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<Published> {
  const base = change.parent === null ? null : await treeOf(store, change.parent);
  const whole = { ...change, extra: [...change.extra, readme(change.prefix)] };
  const { tree, uploaded } = await makeTree(store, whole, base, stage, signal);
  if (tree === base && change.parent !== null && change.missing.length === 0) {
    return { commit: change.parent, tree, uploaded: 0 };
  }
  const commit = await makeCommit(store, change, tree, signal);
  await moveBranch(store, commit, change.parent);
  await store.memory.update(() => ({
    // What the branch holds now need not be remembered as sent.
    uploads: {},
    move: { commit, tree, before: change.parent, at: Date.now() },
  }));
  return { commit, tree, uploaded };
}

/** First by what the caller says of the parent's tree; when the server comes to another id, by its own listing. */
async function makeTree(
  store: GithubStore,
  change: Change,
  base: string | null,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<{ tree: string; uploaded: number }> {
  const guess = change.prefix === '' ? change.present : null;
  const attempts = [...(guess === null || change.parent === null ? [] : [guess]), null];
  let last = '';
  for (const attempt of attempts) {
    const present = attempt ?? (await presentIn(store, change.parent));
    const wanted = wantedTree(change, present);
    const uploads = await upload(store, change.missing, wanted.made, stage, signal);
    if (wanted.root === base) return { tree: base, uploaded: change.missing.length };
    try {
      let tree = await growTree(store, base, wanted, uploads, signal);
      if (tree !== wanted.root && attempt === null && wanted.removals.length > 0) {
        // No document says what becomes of a directory whose last file leaves: then all of it, on nothing.
        const anew = { ...wanted, upserts: wanted.all, removals: [] };
        tree = await growTree(store, null, anew, uploads, signal);
      }
      if (tree === wanted.root) return { tree, uploaded: change.missing.length };
      last = `it came to the tree ${tree.slice(0, 12)} where ${wanted.root.slice(0, 12)} is right`;
    } catch (error) {
      if (attempt === null || statusOf(error) !== 422) throw error;
    }
  }
  throw new NxsError(
    'DESTINATION_UNREADABLE',
    `${store.client.where} made another tree than was asked for: ${last}.`,
  );
}

async function presentIn(store: GithubStore, parent: string | null): Promise<readonly Placed[]> {
  return parent === null ? [] : (await knownListing(store, parent)).files;
}

async function makeCommit(
  store: GithubStore,
  { parent, message, at, author }: Change,
  tree: string,
  signal?: CancelSignal,
): Promise<string> {
  const { octokit, at: place } = store.client;
  const name = author.replace(/[<>\r\n\0]/g, '').trim() || 'nxs';
  // Whole seconds, as git keeps them; both named, so that repeating it gives the same commit.
  const date = `${new Date(at).toISOString().slice(0, 19)}Z`;
  const who = { name, email: `${name.replace(/\s+/g, '-')}@nxs.local`, date };
  const { data } = await octokit.rest.git.createCommit({
    ...place,
    message,
    tree,
    parents: parent === null ? [] : [parent],
    author: who,
    committer: who,
    ...asked(signal),
  });
  return data.sha;
}

/** A reply that was lost may have moved the branch: it is looked up before anything is repeated. */
async function moveBranch(store: GithubStore, commit: string, parent: string | null): Promise<void> {
  const { octokit, at, where } = store.client;
  const move = (): Promise<unknown> =>
    parent === null
      ? octokit.rest.git.createRef({
          ...at,
          ref: `refs/heads/${store.branch}`,
          sha: commit,
          request: { once: true },
        })
      : octokit.rest.git.updateRef({
          ...at,
          ref: `heads/${store.branch}`,
          sha: commit,
          force: false,
          request: { once: true },
        });
  for (let tries = 0; ; tries += 1) {
    try {
      await move();
      return;
    } catch (error) {
      const lost = error instanceof NxsError && error.code === 'DESTINATION_UNREACHABLE';
      if (!lost && statusOf(error) !== 422 && statusOf(error) !== 404) throw error;
      const now = await readRef(store);
      if (now === commit) return;
      if (now !== parent) {
        throw new NxsError(
          'DESTINATION_CONFLICT',
          `${where}: another writer moved the branch ${store.branch}.`,
        );
      }
      if (!lost || tries >= 2) throw error;
    }
  }
}
