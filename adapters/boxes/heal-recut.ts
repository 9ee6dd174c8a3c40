// What stays broken under its id is stored under others: the file in parts, or its parts cut elsewhere. The files are whole
// again, and the store behind them is one that loses bytes.
import type { Box, BoxedFile } from '../../domain/backup/boxes.js';
import type { Healed, Healing, Stage, TreeEntry } from '../../domain/backup/ports.js';
import { withBoxStage, type BoxStage } from './box-stage.js';
import { otherCuts } from './cuts.js';
import { fillFromStage } from './fill.js';
import { plainEntries, type Shelf, type Signal, type View } from './shelf.js';
import { publishStored } from './stored.js';

interface Recut extends Healing {
  /** What the first try says. */
  readonly note: string;
  readonly broken: ReadonlySet<string>;
}

interface Work {
  readonly oid: string;
  readonly size: number;
  readonly cuts: readonly (readonly number[])[];
}

/** Makes a commit on the verified one in which the broken files lie in other parts. */
export async function recut(
  shelf: Shelf,
  view: View,
  { note, broken, commit, at, author }: Recut,
  stage: Stage,
  signal: Signal,
): Promise<Healed> {
  const { inner } = shelf;
  const plain = plainEntries(shelf, view);
  const loose = plain.filter(({ oid }) => broken.has(oid));
  const inParts = view.files.filter(({ boxes }) => boxes.some(({ oid }) => broken.has(oid)));
  return withBoxStage(shelf, stage, signal, async (boxes) => {
    const works = worksOf(shelf, loose, inParts);
    const anew = new Map<string, readonly Box[]>();
    for (const work of works) {
      const found = await firstGoodCut(shelf, work, broken, stage, boxes, signal);
      if (found !== null) anew.set(work.oid, found);
    }
    await boxes.seal();
    const lost = works.length - anew.size;
    const uncut =
      lost === 0
        ? ''
        : `; ${count(lost)} cannot be cut so that it gets other ids (a file of less than 2 bytes never can)`;
    if (anew.size === 0)
      return {
        note: `${note}; ${count(works.length)} still broken there${uncut}`,
        commit: null,
        fallback: 0,
      };
    const kept = view.files.map((file) => ({ ...file, boxes: anew.get(file.oid) ?? file.boxes }));
    const fresh = loose.flatMap(({ path, oid, size, mode }): BoxedFile[] => {
      const parts = anew.get(oid);
      return parts === undefined
        ? []
        : [{ path: path.slice(inner.prefix.length), oid, size, mode, boxes: parts }];
    });
    const done = new Set(fresh.map(({ path }) => inner.prefix + path));
    const contents = {
      files: [...kept, ...fresh],
      plain: plain.filter(({ path }) => !done.has(path)),
      extra: [],
      own: [],
      missing: [...new Set([...anew.values()].flatMap((parts) => parts.map(({ oid }) => oid)))],
    };
    const message = `Store ${count(anew.size)} in other parts\n\nTheir bytes are broken on the server and cannot be replaced there.\n`;
    const base = { parent: commit, prefix: inner.prefix, message, at, author };
    const published = await publishStored(shelf, base, view, contents, boxes, signal);
    const told = `${note}; ${count(anew.size)} stayed broken there and ${anew.size === 1 ? 'was' : 'were'} stored again in other parts${uncut}`;
    return { note: told, commit: published.commit, fallback: anew.size };
  });
}

/** One for each object id, by its parts where it has some. */
function worksOf(
  { partSize }: Shelf,
  loose: readonly TreeEntry[],
  inParts: readonly BoxedFile[],
): readonly Work[] {
  const works = new Map<string, Work>();
  for (const { oid, size } of loose) works.set(oid, { oid, size, cuts: otherCuts(size, [size], partSize) });
  for (const { oid, size, boxes } of inParts) {
    const before = boxes.map((box) => box.size);
    works.set(oid, { oid, size, cuts: otherCuts(size, before, partSize) });
  }
  return [...works.values()];
}

/** The first cut of which no part has an id that is known to be broken. */
async function firstGoodCut(
  shelf: Shelf,
  { oid, cuts }: Work,
  broken: ReadonlySet<string>,
  stage: Stage,
  boxes: BoxStage,
  signal: Signal,
): Promise<readonly Box[] | null> {
  for (const sizes of cuts) {
    // Ids first: what is put into the stage would travel.
    const tried = await fillFromStage(
      shelf,
      stage,
      [oid],
      () => undefined,
      signal,
      () => sizes,
    );
    const parts = tried.get(oid)?.boxes ?? [];
    if (parts.length < 2 || parts.some((part) => broken.has(part.oid))) continue;
    await fillFromStage(
      shelf,
      stage,
      [oid],
      (box) => boxes.put(box.bytes),
      signal,
      () => sizes,
    );
    return parts;
  }
  return null;
}

function count(n: number): string {
  return `${n} ${n === 1 ? 'file' : 'files'}`;
}
