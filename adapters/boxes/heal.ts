// Good bytes once more: in place where the destination can, else stored so that they have other ids. Encrypted files are
// encrypted anew, which gives other bytes by itself. Verification decides whether it helped.
import type { BoxedFile } from '../../domain/backup/boxes.js';
import type { Healed, Healing, Stage } from '../../domain/backup/ports.js';
import { withBoxStage } from './box-stage.js';
import { fillFromStage } from './fill.js';
import { inPlace } from './heal-in-place.js';
import { recut } from './heal-recut.js';
import { beginAnew, mendStore } from './heal-index.js';
import { plainEntries, type Shelf, type Signal } from './shelf.js';
import { publishStored } from './stored.js';
import { viewOf } from './view.js';

/** The port's heal(). */
export async function healFiles(
  shelf: Shelf,
  healing: Healing,
  stage: Stage,
  signal: Signal,
): Promise<Healed> {
  const { commit } = healing;
  if (commit === null) return beginAnew(shelf, healing, stage, signal);
  if (shelf.codec.kind === 'age') return encryptAnew(shelf, { ...healing, commit }, stage, signal);
  const view = await viewOf(shelf, commit, signal);
  const { note, broken } = await inPlace(shelf, view, healing, stage, signal);
  if (broken.size === 0) return { note, commit: null, fallback: 0 };
  return recut(shelf, view, { ...healing, note, broken }, stage, signal);
}

async function encryptAnew(
  shelf: Shelf,
  healing: Healing & { readonly commit: string },
  stage: Stage,
  signal: Signal,
): Promise<Healed> {
  const { commit, at, author } = healing;
  // The stored objects around the files: trees, packs, the index.
  await mendStore(shelf, healing, signal);
  const view = await viewOf(shelf, commit, signal);
  const wrong = new Set(healing.oids);
  const oids = [...new Set(view.files.flatMap(({ oid }) => (wrong.has(oid) ? [oid] : [])))];
  if (oids.length === 0)
    return { note: 'none of the broken files is in the tree', commit: null, fallback: 0 };
  return withBoxStage(shelf, null, signal, async (boxes) => {
    const filled = await fillFromStage(shelf, stage, oids, (box) => boxes.put(box.bytes), signal);
    await boxes.seal();
    const files = view.files.map((file): BoxedFile => ({
      ...file,
      boxes: filled.get(file.oid)?.boxes ?? file.boxes,
    }));
    const many = `${oids.length} ${oids.length === 1 ? 'file' : 'files'}`;
    const base = {
      parent: commit,
      prefix: shelf.inner.prefix,
      message: `Encrypt ${many} anew\n`,
      at,
      author,
    };
    const missing = [...new Set([...filled.values()].flatMap((file) => file.boxes.map(({ oid }) => oid)))];
    const contents = { files, plain: plainEntries(shelf, view), extra: [], own: [], missing };
    const published = await publishStored(shelf, base, view, contents, boxes, signal);
    return { note: `${many} encrypted anew and stored again`, commit: published.commit, fallback: 0 };
  });
}
