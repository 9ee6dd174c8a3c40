// Around any destination: what it cannot or must not hold as it is lies there in boxes, in parts or encrypted, and callers see
// their files all the same.
import type { Load } from '../../domain/backup/effort.js';
import type { Destination } from '../../domain/backup/ports.js';
import type { AgeCodec } from './age.js';
import { removeLeftovers } from './box-stage.js';
import { partsCodec } from './codec.js';
import { healFiles } from './heal.js';
import { publishFiles } from './publish.js';
import { readFiles } from './read.js';
import { needsBoxes, type Shelf } from './shelf.js';
import { logicalListing, lookAt, viewOf } from './view.js';

export interface BoxedOptions {
  readonly codec: 'parts' | AgeCodec;
  /** Most bytes in one box. */
  readonly partSize: number;
  /** Directory of box stages, on this machine. */
  readonly scratch: string;
  /** A private directory that stands in for git's HOME. */
  readonly gitHome: string;
  /** Largest file taken, in bytes; by default any: it is cut. */
  readonly largest?: number | null;
}

/**
 * `inner` with boxes. Beside the port's errors: DESTINATION_FOREIGN when the tree is kept in another form (encrypted or not),
 * DESTINATION_DENIED when it is encrypted for another key.
 */
export function createBoxedDestination(inner: Destination, options: BoxedOptions): Destination {
  return boxedOn(inner, options, new Map());
}

function boxedOn(inner: Destination, options: BoxedOptions, views: Shelf['views']): Destination {
  const { codec, partSize, scratch, gitHome, largest = null } = options;
  const shelf: Shelf = {
    ...{ inner, partSize, scratch, gitHome, views },
    codec: codec === 'parts' ? partsCodec : codec,
  };
  const { effort, recover } = inner;
  return {
    ...inner,
    exposed: codec === 'parts' && inner.exposed,
    largest,
    async prepare() {
      await removeLeftovers(shelf);
      await inner.prepare();
    },
    list: async (commit) => logicalListing(shelf, await lookAt(shelf, commit)),
    lacks: (oids) => lackedFiles(shelf, oids),
    read: (objects, signal, commit) => readFiles(shelf, objects, signal, commit),
    publish: (change, stage, signal) => publishFiles(shelf, change, stage, signal),
    heal: (healing, stage, signal) => healFiles(shelf, healing, stage, signal),
    effort: effort === null ? null : (load, stage, signal) => effort(boxedLoad(shelf, load), stage, signal),
    recover:
      recover === null
        ? null
        : async (branch, commit) => boxedOn(await recover(branch, commit), options, views),
  };
}

/** The same work as `inner` sees it: boxes for files, and the index that says what they are. */
function boxedLoad(shelf: Shelf, load: Load): Load {
  const boxed = load.missing.filter(({ size }) => needsBoxes(shelf, size));
  const age = shelf.codec.kind === 'age';
  if (boxed.length === 0 && !age) return load;
  const boxesOf = (size: number): number[] =>
    Array<number>(boxCount(shelf, size)).fill(Math.min(size, shelf.partSize));
  const index = boxed.length === 0 ? 0 : 1;
  const made = boxed.flatMap(({ size }) => boxesOf(size));
  // Encrypted, the manifest and the index are blobs too.
  const opaque = [...made, ...(age ? [0, 0] : [])];
  return {
    ...load,
    missing: load.missing.filter(({ size }) => !needsBoxes(shelf, size)),
    opaque: [...load.opaque, ...opaque],
    upserts: load.upserts - boxed.length + made.length + index,
    reads: [
      ...load.reads.flatMap((size) => (needsBoxes(shelf, size) ? boxesOf(size) : [size])),
      ...Array<number>(index).fill(0),
    ],
  };
}

function boxCount({ partSize }: Shelf, size: number): number {
  return Math.max(1, Math.ceil(size / partSize));
}

async function lackedFiles(shelf: Shelf, oids: readonly string[]): Promise<readonly string[]> {
  if (shelf.codec.kind === 'parts' || oids.length === 0) return shelf.inner.lacks(oids);
  const head = await shelf.inner.head();
  if (head === null) return oids;
  const { whole } = await viewOf(shelf, head.commit);
  return oids.filter((oid) => !whole.has(oid));
}
