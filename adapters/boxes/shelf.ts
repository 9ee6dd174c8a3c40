// What every step around one destination shares.
import { BOX_PLACES, type BoxedFile } from '../../domain/backup/boxes.js';
import type { CancelSignal, Destination, RemoteFile, TreeEntry } from '../../domain/backup/ports.js';
import type { BoxCodec } from './codec.js';

/** One commit as it is stored, and as it would be without boxes. */
export interface View {
  readonly commit: string;
  /** Everything that is stored, outside the prefix too. */
  readonly stored: readonly RemoteFile[];
  /** Where the index lies; null: no file is in boxes. */
  readonly index: { readonly oid: string; readonly size: number } | null;
  readonly files: readonly BoxedFile[];
  /** The same by object id, the ones that are whole first. */
  readonly byOid: ReadonlyMap<string, BoxedFile>;
  /** Object ids of files all of whose boxes are listed. */
  readonly whole: ReadonlySet<string>;
}

export interface Shelf {
  readonly inner: Destination;
  readonly codec: BoxCodec;
  /** Most bytes in a box. */
  readonly partSize: number;
  /** Directory of box stages. */
  readonly scratch: string;
  readonly gitHome: string;
  /** What was looked at lately, by commit; the newest last. */
  readonly views: Map<string, Promise<View>>;
}

export type Signal = CancelSignal | undefined;

/** True when a file of this size is kept in boxes from the beginning. */
export function needsBoxes({ codec, partSize }: Shelf, size: number): boolean {
  return codec.kind === 'age' || size > partSize;
}

/** Files below the prefix that lie there as they are; a word to people is written by the destination itself. */
export function plainEntries({ inner, codec }: Shelf, { stored }: View): readonly TreeEntry[] {
  const { boxes, index } = BOX_PLACES[codec.kind];
  return stored.flatMap(({ path, oid, size, mode }) => {
    if (!path.startsWith(inner.prefix)) return [];
    const at = path.slice(inner.prefix.length);
    if (at === index || at === README || at.startsWith(boxes)) return [];
    return [{ path, oid, size: size ?? 0, mode: mode === '100755' ? mode : '100644' } as const];
  });
}

const README = '.nxs/README.md';
