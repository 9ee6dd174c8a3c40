// When not even the tree can be read: the destination's own repair first; an index or a manifest that stays broken is given up
// in a new commit on top, so that a full backup can be made there. Older commits stay as they are.
import { MANIFEST_PATH } from '../../domain/backup/manifest.js';
import type { Healed, Healing, Stage } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { withBoxStage } from './box-stage.js';
import { readFiles } from './read.js';
import { plainEntries, type Shelf, type Signal, type View } from './shelf.js';
import { publishStored } from './stored.js';
import { assemble, lookAt } from './view.js';

/** heal() of a tree that could not be read. */
export async function beginAnew(
  shelf: Shelf,
  healing: Healing,
  stage: Stage,
  signal: Signal,
): Promise<Healed> {
  const { inner, codec } = shelf;
  const { note } = await mendStore(shelf, healing, signal);
  // Never for an encrypted one: the stage's bytes are plain.
  const asItIs = async (): Promise<Healed> =>
    codec.kind === 'age' ? { note, commit: null, fallback: 0 } : inner.heal(healing, stage, signal);
  const head = await readable(inner.head());
  if (head === null) return asItIs();
  const { commit } = head;
  const view = await readable(lookAt(shelf, commit, signal));
  if (view !== null && codec.kind === 'parts') return asItIs();
  if (view !== null && (await manifestReads(shelf, view, signal))) return { note, commit: null, fallback: 0 };
  const stored = await readable(inner.list(commit));
  if (stored === null) return asItIs();
  const before = assemble(shelf, commit, stored, null, []);
  const plain = codec.kind === 'parts' ? plainEntries(shelf, before).filter(({ size }) => size > 0) : [];
  const message = 'Begin anew: the index of boxes or the manifest cannot be read\n';
  const base = { parent: commit, prefix: inner.prefix, message, at: healing.at, author: healing.author };
  const contents = { files: [], plain, extra: [], own: [], missing: [] };
  const published = await publishStored(shelf, base, before, contents, null, signal);
  const told = `${note.replace(/\.$/, '')}; what says which boxes hold which files stayed broken, so the branch goes on without it`;
  return { note: `${told}.`, commit: published.commit, fallback: 0 };
}

/** The destination's repair of what is around the files. Nothing of a stage goes there with it. */
export function mendStore(shelf: Shelf, healing: Healing, signal: Signal): Promise<Healed> {
  return withBoxStage(shelf, null, signal, (nothing) =>
    shelf.inner.heal({ ...healing, oids: [] }, nothing, signal),
  );
}

async function readable<T>(looking: Promise<T>): Promise<T | null> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE') return null;
    throw error;
  }
}

async function manifestReads(shelf: Shelf, view: View, signal: Signal): Promise<boolean> {
  const manifest = view.files.find(({ path }) => path === MANIFEST_PATH);
  if (manifest === undefined) return view.files.length === 0;
  for await (const blob of readFiles(shelf, [manifest], signal, view.commit)) {
    if ('problem' in blob) return false;
    try {
      for await (const _chunk of blob.chunks);
    } catch {
      return false;
    }
  }
  return true;
}
