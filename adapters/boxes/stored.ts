// A change of logical files as the change of stored blobs that it is, and what is known of the commit that comes of it.
import { BOX_PLACES, encodeBoxes, encodeFiles, type BoxedFile } from '../../domain/backup/boxes.js';
import type { Change, Published, RemoteFile, Stage, TreeEntry } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { blobId, type FilledBox } from './codec.js';
import type { Shelf, Signal, View } from './shelf.js';
import { assemble, remember } from './view.js';

/** Where a change goes, and in whose name. */
export type Base = Omit<Change, 'entries' | 'extra' | 'missing' | 'present'>;

export interface Contents {
  /** Everything that lies in boxes. */
  readonly files: readonly BoxedFile[];
  /** Files that lie there as they are. */
  readonly plain: readonly TreeEntry[];
  /** Files of ours that lie there as they are. */
  readonly extra: Change['extra'];
  /** Boxes that travel with their bytes, being ours and small; the destination may keep a second copy of such. */
  readonly own: readonly FilledBox[];
  /** Blobs that the stage holds and the destination lacks. */
  readonly missing: readonly string[];
}

/** Publishes these contents in place of what `parent` shows; `change` gives parent, prefix, message and author. */
export async function publishStored(
  shelf: Shelf,
  { parent: on, prefix, message, at, author }: Base,
  parent: View | null,
  contents: Contents,
  stage: Stage | null,
  signal: Signal,
): Promise<Published> {
  const { inner } = shelf;
  const own = new Set(contents.own.map(({ path }) => path));
  const boxes = new Map(contents.files.flatMap((file) => file.boxes.map((box) => [box.path, box] as const)));
  const boxEntries = [...boxes.values()].filter(({ path }) => !own.has(path));
  const index = await indexOf(shelf, at, contents.files, parent);
  const entries: TreeEntry[] = [
    ...contents.plain,
    ...[...boxEntries, ...('kept' in index ? [index.kept] : [])].map(({ path, oid, size }): TreeEntry => ({
      path: inner.prefix + path,
      oid,
      size,
      mode: '100644',
    })),
  ];
  const extra = [
    ...contents.extra,
    ...contents.own.map(({ path, bytes }) => ({ path: inner.prefix + path, bytes })),
    ...('made' in index ? [index.made] : []),
  ];
  const present = parent?.stored ?? null;
  const { missing } = contents;
  const stored = { parent: on, prefix, entries, extra, missing, present, message, at, author };
  const published = await inner.publish(stored, stage, signal);
  if (published.commit !== on) note(shelf, stored, parent, contents.files, published.commit);
  return published;
}

type Index =
  | { readonly kept: BoxedFile['boxes'][number] }
  | { readonly made: Change['extra'][number] }
  | { readonly none: true };

/** The parent's index when it says the same: sealing it anew would make another blob, and a commit for nothing. */
async function indexOf(
  { inner, codec }: Shelf,
  made: string,
  files: readonly BoxedFile[],
  parent: View | null,
): Promise<Index> {
  if (files.length === 0 && codec.kind === 'parts') return { none: true };
  const { index: path } = BOX_PLACES[codec.kind];
  if (parent !== null && parent.index !== null && encodeFiles(parent.files) === encodeFiles(files)) {
    return { kept: { path, ...parent.index } };
  }
  const bytes = await codec.seal(encodeBoxes({ kind: codec.kind, made, files }));
  if (inner.largest !== null && bytes.byteLength > inner.largest) {
    throw new NxsError(
      'DESTINATION_UNWRITABLE',
      `The index of ${files.length} files has ${bytes.byteLength} bytes, and ${inner.name} takes ${inner.largest}: give it fewer files.`,
    );
  }
  return { made: { path: inner.prefix + path, bytes } };
}

/** What was just written need not be asked for; listing it anew still looks. */
export function note(
  shelf: Shelf,
  change: Change,
  parent: View | null,
  files: readonly BoxedFile[],
  commit: string,
): void {
  if (change.parent !== null && parent === null) return;
  const outside = (parent?.stored ?? []).filter(({ path }) => !path.startsWith(change.prefix));
  const made = change.extra.map(({ path, bytes }): RemoteFile => ({
    path,
    oid: blobId(bytes),
    size: bytes.byteLength,
    mode: '100644',
  }));
  const stored = [...outside, ...change.entries, ...made];
  const at = change.prefix + BOX_PLACES[shelf.codec.kind].index;
  const index = stored.find(({ path }) => path === at);
  const place = index === undefined ? null : { oid: index.oid, size: index.size ?? 0 };
  void remember(shelf, commit, Promise.resolve(assemble(shelf, commit, stored, place, files)));
}
