// A run's files into the tree, in boxes where they need them. Boxes of unchanged files stay as they are; where nothing needs
// boxes the change passes untouched.
import { encodeFiles, type BoxedFile } from '../../domain/backup/boxes.js';
import type { Change, Published, Stage, TreeEntry } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { withBoxStage } from './box-stage.js';
import { blobId, type FilledBox } from './codec.js';
import { fillFromBytes, fillFromStage } from './fill.js';
import { needsBoxes, type Shelf, type Signal, type View } from './shelf.js';
import { note, publishStored, type Contents } from './stored.js';
import { viewOf } from './view.js';

/** The port's publish(); `uploaded` counts files. */
export async function publishFiles(
  shelf: Shelf,
  change: Change,
  stage: Stage | null,
  signal: Signal,
): Promise<Published> {
  const parent = change.parent === null ? null : await parentView(shelf, change.parent, signal);
  const plan = planOf(shelf, change, parent);
  const unboxed = parent === null || parent.index === null;
  if (shelf.codec.kind === 'parts' && plan.fresh.length + plan.kept.length === 0 && unboxed) {
    return passThrough(shelf, change, parent, stage, signal);
  }
  const same = shelf.codec.kind === 'age' ? await unchanged(shelf, change, parent, plan) : null;
  if (same !== null) return same;
  const ours = await ownFiles(shelf, change);
  const published = await fillAndPublish(shelf, change, parent, plan, ours, stage, signal);
  return { ...published, uploaded: change.missing.length };
}

interface Ours extends Pick<Contents, 'extra' | 'own'> {
  readonly files: readonly BoxedFile[];
}

/** Our own files beside the run's: encrypted too, else as they are. */
async function ownFiles(shelf: Shelf, change: Change): Promise<Ours> {
  if (shelf.codec.kind === 'parts') return { extra: change.extra, own: [], files: [] };
  const own: FilledBox[] = [];
  const files: BoxedFile[] = [];
  for (const { path, bytes } of change.extra) {
    const filled = await fillFromBytes(shelf, bytes, (box) => void own.push(box));
    const at = path.slice(change.prefix.length);
    files.push({ path: at, oid: blobId(bytes), mode: '100644', ...filled });
  }
  return { extra: [], own, files };
}

interface Plan {
  /** Files whose boxes are there. */
  readonly kept: readonly BoxedFile[];
  /** Files that need boxes now. */
  readonly fresh: readonly TreeEntry[];
  readonly plain: readonly TreeEntry[];
  /** Blobs that travel as they are. */
  readonly missing: readonly string[];
}

function planOf(shelf: Shelf, change: Change, parent: View | null): Plan {
  const travelling = new Set(change.missing);
  const kept: BoxedFile[] = [];
  const fresh: TreeEntry[] = [];
  const plain: TreeEntry[] = [];
  for (const entry of change.entries) {
    const { path, oid, size, mode } = entry;
    const there = parent?.whole.has(oid) === true && !travelling.has(oid) ? parent.byOid.get(oid) : undefined;
    if (there !== undefined)
      kept.push({ path: path.slice(change.prefix.length), oid, size, mode, boxes: there.boxes });
    else if (needsBoxes(shelf, size)) fresh.push(entry);
    else plain.push(entry);
  }
  const gone = fresh.filter(({ oid }) => !travelling.has(oid));
  if (gone.length > 0) {
    throw new NxsError(
      'DESTINATION_CONFLICT',
      `Destination "${shelf.inner.name}" no longer holds ${gone.length} files that were there when the run was planned.`,
      { oids: gone.slice(0, 10).map(({ oid }) => oid) },
    );
  }
  const lying = new Set(plain.map(({ oid }) => oid));
  return { kept, fresh, plain, missing: change.missing.filter((oid) => lying.has(oid)) };
}

/** A parent whose index is damaged keeps no box alive: all is written anew. */
async function parentView(shelf: Shelf, commit: string, signal: Signal): Promise<View | null> {
  try {
    return await viewOf(shelf, commit, signal);
  } catch (error) {
    if (error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE') return null;
    throw error;
  }
}

async function passThrough(
  shelf: Shelf,
  change: Change,
  parent: View | null,
  stage: Stage | null,
  signal: Signal,
): Promise<Published> {
  const published = await shelf.inner.publish(change, stage, signal);
  // All that the next run needs to know of this commit: no file of it lies in boxes.
  if (published.commit !== change.parent) note(shelf, change, parent, [], published.commit);
  return published;
}

/** The parent, when it holds exactly this. */
async function unchanged(
  { inner }: Shelf,
  change: Change,
  parent: View | null,
  { kept, fresh }: Plan,
): Promise<Published | null> {
  if (parent === null || fresh.length > 0 || change.missing.length > 0) return null;
  const extras = change.extra.flatMap(({ path, bytes }): BoxedFile[] => {
    const oid = blobId(bytes);
    const there = parent.whole.has(oid) ? parent.byOid.get(oid) : undefined;
    return there === undefined ? [] : [{ ...there, path: path.slice(change.prefix.length), mode: '100644' }];
  });
  if (encodeFiles([...kept, ...extras]) !== encodeFiles(parent.files)) return null;
  const head = await inner.head();
  if (head?.commit === parent.commit) return { ...head, uploaded: 0 };
  throw new NxsError('DESTINATION_CONFLICT', `Another writer moved branch ${inner.branch} of ${inner.name}.`);
}

async function fillAndPublish(
  shelf: Shelf,
  change: Change,
  parent: View | null,
  plan: Plan,
  { extra, own, files }: Ours,
  original: Stage | null,
  signal: Signal,
): Promise<Published> {
  const { plain } = plan;
  if (plan.fresh.length === 0) {
    const contents = { files: [...plan.kept, ...files], plain, extra, own, missing: plan.missing };
    return publishStored(shelf, change, parent, contents, original, signal);
  }
  // Nothing plain can be reached from where an encrypted destination takes its blobs.
  const borrowed = shelf.codec.kind === 'age' ? null : original;
  return withBoxStage(shelf, borrowed, signal, async (stage) => {
    const oids = [...new Set(plan.fresh.map(({ oid }) => oid))];
    const filled = await fillFromStage(shelf, original, oids, (box) => stage.put(box.bytes), signal);
    await stage.seal();
    const fresh = plan.fresh.map(({ path, oid, size, mode }): BoxedFile => {
      const at = path.slice(change.prefix.length);
      return { path: at, oid, size, mode, boxes: filled.get(oid)?.boxes ?? [] };
    });
    const boxes = new Set([...filled.values()].flatMap((file) => file.boxes.map(({ oid }) => oid)));
    const missing = [...plan.missing, ...boxes];
    const contents = { files: [...plan.kept, ...fresh, ...files], plain, extra, own, missing };
    return publishStored(shelf, change, parent, contents, stage, signal);
  });
}
