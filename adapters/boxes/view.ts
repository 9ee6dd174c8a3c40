// One look at a commit: its listing, its index of boxes, and what a caller would see if there were none. What cannot be opened
// with our key is refused, never taken for damage: damage is healed by writing anew.
import { BOX_PLACES, parseBoxes, type BoxedFile, type BoxKind } from '../../domain/backup/boxes.js';
import { MANIFEST_PATH } from '../../domain/backup/manifest.js';
import type { RemoteFile } from '../../domain/backup/ports.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { comparePaths } from '../../domain/paths.js';
import { blobId } from './codec.js';
import type { Shelf, Signal, View } from './shelf.js';
import { collect } from './streams.js';

/** Commits remembered. */
const KEPT = 4;

/**
 * Looks at a commit now. Throws NxsError DESTINATION_UNREADABLE (the index is damaged), DESTINATION_DENIED (it is made for
 * another key), DESTINATION_FOREIGN (the tree is kept in another form).
 */
export function lookAt(shelf: Shelf, commit: string, signal?: Signal): Promise<View> {
  return remember(shelf, commit, readView(shelf, commit, signal));
}

/** The same, from memory when it was looked at lately: a commit never changes. */
export function viewOf(shelf: Shelf, commit: string, signal?: Signal): Promise<View> {
  return shelf.views.get(commit) ?? lookAt(shelf, commit, signal);
}

/** Notes what a commit holds. */
export function remember({ views }: Shelf, commit: string, view: Promise<View>): Promise<View> {
  views.delete(commit);
  views.set(commit, view);
  view.catch(() => {
    if (views.get(commit) === view) views.delete(commit);
  });
  for (const old of [...views.keys()].slice(0, -KEPT)) views.delete(old);
  return view;
}

async function readView(shelf: Shelf, commit: string, signal: Signal): Promise<View> {
  const { inner, codec } = shelf;
  const stored = await inner.list(commit);
  const mine = new Map(
    stored.flatMap((file) =>
      file.path.startsWith(inner.prefix) ? [[file.path.slice(inner.prefix.length), file] as const] : [],
    ),
  );
  refuseOtherForm(shelf, mine);
  const index = mine.get(BOX_PLACES[codec.kind].index);
  if (index === undefined) {
    const lost =
      codec.kind === 'age' && [...mine.keys()].some((path) => path.startsWith(BOX_PLACES.age.boxes));
    if (lost) throw damaged(shelf, 'it is gone');
    return assemble(shelf, commit, stored, null, []);
  }
  if (index.size === null) throw damaged(shelf, 'its object is gone or broken');
  const files = await readIndex(shelf, { oid: index.oid, size: index.size }, commit, signal);
  return assemble(shelf, commit, stored, { oid: index.oid, size: index.size }, files);
}

/** Puts together what is known of a commit. */
export function assemble(
  { inner }: Pick<Shelf, 'inner'>,
  commit: string,
  stored: readonly RemoteFile[],
  index: View['index'],
  files: readonly BoxedFile[],
): View {
  const listed = new Map(stored.map((file) => [file.path, file]));
  const whole = files.filter(({ boxes }) =>
    boxes.every((box) => {
      const there = listed.get(inner.prefix + box.path);
      return there?.oid === box.oid && there.size === box.size;
    }),
  );
  const byOid = new Map([...files, ...whole].map((file) => [file.oid, file]));
  return { commit, stored, index, files, byOid, whole: new Set(whole.map(({ oid }) => oid)) };
}

async function readIndex(
  shelf: Shelf,
  index: { oid: string; size: number },
  commit: string,
  signal: Signal,
): Promise<readonly BoxedFile[]> {
  const { inner, codec } = shelf;
  for await (const blob of inner.read([index], signal, commit)) {
    if ('problem' in blob) throw damaged(shelf, blob.reason);
    const bytes = await collect(blob.chunks);
    // Only whole bytes may be called somebody else's: a rotten header looks the same to age.
    if (blobId(bytes) !== index.oid) throw damaged(shelf, 'its bytes are others');
    const opened = await codec.open(bytes).catch((error: unknown) => {
      throw damaged(shelf, errorMessage(error));
    });
    if ('stranger' in opened) {
      throw new NxsError(
        'DESTINATION_DENIED',
        `${inner.name} (${inner.location}) is encrypted for another key: ${opened.stranger}.`,
      );
    }
    const parsed = parseBoxes(opened.text, codec.kind);
    if (typeof parsed === 'string') throw damaged(shelf, parsed);
    return parsed.files;
  }
  throw damaged(shelf, 'nothing came back');
}

function damaged({ inner }: Shelf, why: string): NxsError {
  return new NxsError('DESTINATION_UNREADABLE', `The index of boxes in ${inner.name} is damaged: ${why}.`);
}

function refuseOtherForm({ inner, codec }: Shelf, mine: ReadonlyMap<string, RemoteFile>): void {
  const where = `${inner.name} (${inner.location}), branch ${inner.branch}${inner.prefix === '' ? '' : `, prefix ${inner.prefix}`},`;
  const holds: Record<BoxKind, boolean> = {
    parts: mine.has(BOX_PLACES.age.index),
    age: !mine.has(BOX_PLACES.age.index) && (mine.has(MANIFEST_PATH) || mine.has(BOX_PLACES.parts.index)),
  };
  if (!holds[codec.kind]) return;
  const sentence =
    codec.kind === 'age'
      ? 'holds backups that are not encrypted, and encryption is set: give the encrypted ones another branch or prefix'
      : 'holds encrypted backups, and encryption is not set: set it again, or give the plain ones another branch or prefix';
  throw new NxsError('DESTINATION_FOREIGN', `${where} ${sentence}.`);
}

/** What a caller would see if nothing were in boxes, in byte order of the path. */
export function logicalListing({ inner, codec }: Shelf, view: View): readonly RemoteFile[] {
  const { boxes, index } = BOX_PLACES[codec.kind];
  const boxed = new Map(
    view.files.map(({ path, oid, size, mode }) => {
      const row = { path: inner.prefix + path, oid, size: view.whole.has(oid) ? size : null, mode };
      return [row.path, row] as const;
    }),
  );
  const plain = view.stored.filter(
    ({ path }) => path !== inner.prefix + index && !path.startsWith(inner.prefix + boxes) && !boxed.has(path),
  );
  return [...plain, ...boxed.values()].sort((a, b) => comparePaths(a.path, b.path));
}
