// From the parent's tree to the wanted one, in as few requests as the server takes. A request that it finds too large is halved.
import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { factsOf, statusOf } from './failure.js';
import { asked, type GithubStore } from './store.js';
import { sendBlob, type Uploads } from './upload.js';
import { exchangesKinds, type Placed, type WantedTree } from './wanted-tree.js';

/** Of one request; GitHub names no limit, and answers 422 or a time-out beyond its own. */
const MOST_ENTRIES = 1_000;
const MOST_BYTES = 3 * 1024 * 1024;

type Entry = NonNullable<RestEndpointMethodTypes['git']['createTree']['parameters']>['tree'][number];

/** `text`: length of what travels inside of the tree; null: only its id does. */
type Step = { readonly remove: string } | { readonly put: Placed; readonly text: number | null };

/** Makes the tree and returns its id as the server says it. `base`: the parent's tree; null: begin with nothing. */
export async function growTree(
  store: GithubStore,
  base: string | null,
  wanted: WantedTree,
  uploads: Uploads,
  signal?: CancelSignal,
): Promise<string> {
  const removals: Step[] = wanted.removals.map((path) => ({ remove: path }));
  const puts: Step[] = wanted.upserts.map((put) => ({ put, text: uploads.texts.get(put.oid) ?? null }));
  // A tree must not get empty on the way, so something of ours goes in first.
  const groups = exchangesKinds(wanted)
    ? [...chunked([...puts.filter(isOwn), ...removals]), ...chunked(puts.filter((step) => !isOwn(step)))]
    : chunked([...removals, ...puts]);
  let tree = base;
  for (const group of groups) tree = await plant(store, tree, group, uploads, signal);
  if (tree === null) throw new NxsError('ACTIVITY_FAILED', 'An empty tree cannot be made.');
  return tree;
}

function isOwn(step: Step): boolean {
  return 'put' in step && /(^|\/)\.nxs\//.test(step.put.path);
}

/** Tree requests for so many rows, each with the length of its text (0: it has none). */
export function planTrees(rows: readonly number[]): number {
  return grouped(rows, (length) => length).length;
}

function chunked(steps: readonly Step[]): Step[][] {
  return grouped(steps, (step) => ('put' in step ? (step.text ?? 0) : 0));
}

function grouped<T>(steps: readonly T[], sizeOf: (step: T) => number): T[][] {
  const groups: T[][] = [];
  let bytes = 0;
  for (const step of steps) {
    const size = sizeOf(step);
    const last = groups.at(-1);
    if (last === undefined || last.length >= MOST_ENTRIES || bytes + size > MOST_BYTES) {
      groups.push([step]);
      bytes = size;
    } else {
      last.push(step);
      bytes += size;
    }
  }
  return groups;
}

async function plant(
  store: GithubStore,
  base: string | null,
  steps: readonly Step[],
  uploads: Uploads,
  signal?: CancelSignal,
): Promise<string> {
  const { octokit, at } = store.client;
  const inside = steps.flatMap((step) => ('put' in step && step.text !== null ? [step.put.oid] : []));
  const texts = await uploads.load([...new Set(inside)]);
  try {
    const { data } = await octokit.rest.git.createTree({
      ...at,
      ...(base === null ? {} : { base_tree: base }),
      tree: steps.map((step) => entryOf(step, texts)),
      ...asked(signal),
    });
    if (inside.length > 0) await uploads.acknowledged(inside);
    return data.sha;
  } catch (error) {
    if (statusOf(error) !== 422 && statusOf(error) !== 413) throw error;
    if (steps.length > 1) {
      const half = Math.ceil(steps.length / 2);
      const first = await plant(store, base, steps.slice(0, half), uploads, signal);
      return plant(store, first, steps.slice(half), uploads, signal);
    }
    return plantAlone(store, base, steps[0], uploads, error, signal);
  }
}

/** A single entry that is refused: as a blob instead of text, else the server has lost what we think it has. */
async function plantAlone(
  store: GithubStore,
  base: string | null,
  step: Step | undefined,
  uploads: Uploads,
  error: unknown,
  signal?: CancelSignal,
): Promise<string> {
  if (step !== undefined && 'put' in step && step.text !== null) {
    const text = (await uploads.load([step.put.oid])).get(step.put.oid) ?? '';
    await sendBlob(store, step.put.oid, Buffer.from(text), signal);
    return plant(store, base, [{ put: step.put, text: null }], uploads, signal);
  }
  await uploads.forget();
  if (step === undefined || !('put' in step)) throw error;
  const { path, oid } = step.put;
  const { client } = store;
  throw new NxsError(
    'DESTINATION_UNREADABLE',
    `${client.where} does not have the object ${oid.slice(0, 12)} of ${path} (any more).`,
    { ...factsOf(error) },
  );
}

function entryOf(step: Step, texts: ReadonlyMap<string, string>): Entry {
  if ('remove' in step) return { path: step.remove, mode: '100644', type: 'blob', sha: null };
  const { path, oid } = step.put;
  const mode = step.put.mode as NonNullable<Entry['mode']>;
  const type = mode === '160000' ? 'commit' : 'blob';
  const content = step.text === null ? undefined : texts.get(oid);
  return content === undefined ? { path, mode, type, sha: oid } : { path, mode, type, content };
}
