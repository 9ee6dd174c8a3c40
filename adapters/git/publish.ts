// One run, one pack, one commit, one move of the branch. Until the last step the old head stands untouched, and
// the last step is a compare-and-swap, so that two writers can never overwrite each other.
import path from 'node:path';
import type { CancelSignal, Change, Published, Stage } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { checkObjects } from './batch-check.js';
import { syncDirectory } from '../files/atomic-write.js';
import { storeFailure } from './failure.js';
import { assertCommit } from './list.js';
import { maintain } from './maintenance.js';
import { type GitObject, commitObject, gitObject } from './objects.js';
import { outerTree } from './outer-tree.js';
import { type PackSource, packStream } from './pack-stream.js';
import { checkExit, tryGit } from './process.js';
import { keepOnlySpine, writeSpine } from './spine.js';
import { stagePacks } from './stage-pack.js';
import { type GitStore, branchRef, callOn } from './store.js';
import { receivePack } from './transfer.js';
import { putFile, treeObjects } from './trees.js';

const NO_COMMIT = '0'.repeat(40);

/**
 * The port's publish(). Everything under the prefix is replaced; the same tree as the parent's makes no commit.
 * Throws DESTINATION_CONFLICT when the branch moved, or when a blob that the plan counts on is not there.
 */
export async function publishChange(
  store: GitStore,
  change: Change,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<Published> {
  if (change.parent !== null) assertCommit(change.parent);
  const extras = change.extra.map((file) => ({ path: file.path, object: gitObject('blob', file.bytes) }));
  const node = await outerTree(store, change.parent, change.prefix, signal);
  for (const entry of change.entries) putFile(node, entry.path, { mode: entry.mode, oid: entry.oid });
  for (const file of extras) putFile(node, file.path, { mode: '100644', oid: file.object.oid });
  const trees = treeObjects(node);
  const spine: GitObject[] = [...trees.all, ...extras.map((file) => file.object)];
  const known = await survey(store, change, spine, signal);
  if (known.parentTree === trees.root.oid && change.parent !== null && change.missing.length === 0) {
    return { commit: change.parent, tree: trees.root.oid, uploaded: 0 };
  }
  const { author, at, message, parent } = change;
  const parents = parent === null ? [] : [parent];
  const commit = commitObject({ tree: trees.root.oid, parents, author, at, message });
  const fresh = [...spine.filter((object) => !known.held.has(object.oid)), commit];
  const packs = await stagedBlobs(store, stage, change.missing, signal);
  await receivePack(store, packStream(packs, unique(fresh)), signal);
  try {
    await writeSpine(store, { commit: commit.oid, tree: trees.root.oid }, unique([...spine, commit]));
  } catch (error) {
    throw storeFailure(callOn(store, []).where, error);
  }
  await moveBranch(store, commit.oid, change.parent, signal);
  await keepOnlySpine(store, commit.oid);
  await maintain(store);
  return { commit: commit.oid, tree: trees.root.oid, uploaded: change.missing.length };
}

async function stagedBlobs(
  store: GitStore,
  stage: Stage | null,
  missing: readonly string[],
  signal?: CancelSignal,
): Promise<readonly PackSource[]> {
  if (missing.length === 0) return [];
  if (stage === null) {
    const many = String(missing.length);
    throw new NxsError(
      'ACTIVITY_FAILED',
      `${many} files must travel to "${store.name}", but nothing is staged.`,
    );
  }
  return stagePacks(stage, missing, callOn(store, [], signal));
}

/** The parent's tree, and which of the objects we would write are there; checks the blobs that stay where they are. */
async function survey(store: GitStore, change: Change, spine: readonly GitObject[], signal?: CancelSignal) {
  const missing = new Set(change.missing);
  const kept = change.entries.filter((entry) => !missing.has(entry.oid)).map((entry) => entry.oid);
  const made = spine.map((object) => object.oid);
  const parent = change.parent === null ? [] : [`${change.parent}^{tree}`];
  const answers = await checkObjects(store, [...parent, ...made, ...kept], signal);
  const held = new Set(
    answers.slice(parent.length).flatMap((answer) => (answer === null ? [] : [answer.oid])),
  );
  const gone = kept.filter((oid) => !held.has(oid));
  if (gone.length > 0) {
    throw new NxsError(
      'DESTINATION_CONFLICT',
      `Destination "${store.name}" no longer holds ${String(gone.length)} files that were there when the run was planned.`,
      { oids: gone.slice(0, 10) },
    );
  }
  return { held, parentTree: parent.length === 0 ? null : (answers[0]?.oid ?? null) };
}

async function moveBranch(
  store: GitStore,
  commit: string,
  parent: string | null,
  signal?: CancelSignal,
): Promise<void> {
  const ref = branchRef(store);
  const call = callOn(store, ['update-ref', '-m', 'nxs backup', ref, commit, parent ?? NO_COMMIT], signal);
  const { exit } = await tryGit(call);
  if (
    exit.code !== 0 &&
    /but expected|already exists|File exists|unable to resolve reference/.test(exit.stderr)
  ) {
    throw new NxsError(
      'DESTINATION_CONFLICT',
      `Another writer moved branch ${store.branch} of destination "${store.name}" while this run was under way.`,
    );
  }
  checkExit(call, exit);
  await syncDirectory(path.dirname(path.join(store.path, ref)));
}

function unique(objects: readonly GitObject[]): GitObject[] {
  return [...new Map(objects.map((object) => [object.oid, object])).values()];
}
