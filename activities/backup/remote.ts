// One look at a destination, before anything is decided: its head, its listing, and whose tree it is.
import { BOX_PLACES } from '../../domain/backup/boxes.js';
import type { StagedFile } from '../../domain/backup/entry.js';
import type { ProofBook } from '../../domain/backup/local-ports.js';
import { MANIFEST_PATH, parseManifest } from '../../domain/backup/manifest.js';
import type { Destination, Head, ObjectRequest, RemoteFile } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import type { BackupPorts, Task } from './ports.js';

export interface RemoteView {
  readonly head: Head | null;
  /** Files under our prefix, by path without the prefix; the manifest is left out. */
  readonly files: ReadonlyMap<string, RemoteFile>;
  readonly manifest: RemoteManifest | null;
}

export interface RemoteManifest {
  /** The node whose backup it is. */
  readonly node: string;
  readonly files: readonly StagedFile[];
  /** SHA-256 of its bytes. */
  readonly digest: string;
}

/**
 * Looks at the head. `book` is what a trusted proof book says of it: an untouched store at the same commit is not listed
 * again. Throws NxsError DESTINATION_FOREIGN when the tree under our prefix is not this node's.
 */
export async function viewRemote(
  ports: BackupPorts,
  store: Destination,
  book: ProofBook | null,
  task: Task,
): Promise<RemoteView> {
  return viewHead(ports, store, await store.head(), book, task);
}

/** The same for a head that was just looked up. */
export async function viewHead(
  ports: BackupPorts,
  store: Destination,
  head: Head | null,
  book: ProofBook | null,
  task: Task,
): Promise<RemoteView> {
  if (head === null) return { head, files: new Map(), manifest: null };
  return { head, ...(await viewCommit(ports, store, head.commit, book, task)) };
}

/** The same for one commit. */
export async function viewCommit(
  ports: BackupPorts,
  store: Destination,
  commit: string,
  book: ProofBook | null,
  task: Task,
): Promise<Omit<RemoteView, 'head'>> {
  const view = standsFor(book, commit) ? viewOfBook(book) : await readCommit(store, commit, task, ports);
  requireOurs(ports, store, view.manifest, view.files.size);
  return view;
}

/** True when we read this very commit, byte for byte, and nobody has touched the store since. */
export function standsFor(book: ProofBook | null, commit: string): book is ProofBook {
  return book?.commit === commit && book.files.every((file) => file.verifiedAt !== null);
}

function viewOfBook(book: ProofBook): Omit<RemoteView, 'head'> {
  const { files } = listingOf(book);
  return { files, manifest: { node: book.node, files: book.files, digest: book.manifest } };
}

/** What a commit lists that we read byte for byte; its manifest stands with it. */
export function listingOf(book: ProofBook): Listing {
  const files = new Map(book.files.map((file): [string, RemoteFile] => [file.path, file]));
  return { files, manifest: null };
}

export interface Listing {
  /** Files under our prefix, by path without the prefix. */
  readonly files: ReadonlyMap<string, RemoteFile>;
  readonly manifest: RemoteFile | null;
}

/** What the destination says that a commit holds. */
export async function listCommit(store: Destination, commit: string): Promise<Listing> {
  const files = new Map<string, RemoteFile>();
  for (const file of await store.list(commit)) {
    if (file.path.startsWith(store.prefix)) files.set(file.path.slice(store.prefix.length), file);
  }
  refuseBoxes(store, files);
  const manifest = files.get(MANIFEST_PATH) ?? null;
  // Our own corner: a word to people, stored forms; never somebody's file.
  for (const path of files.keys()) if (path.startsWith('.nxs/')) files.delete(path);
  const other = [...files.keys()].find((path) => path.endsWith(`/${MANIFEST_PATH}`));
  if (other !== undefined) {
    throw new NxsError(
      'DESTINATION_FOREIGN',
      `${store.name} (${store.location}) also holds the backup of another node, under ${other.slice(0, -MANIFEST_PATH.length)}.`,
    );
  }
  return { files, manifest };
}

/** Boxes show only where nothing around the destination takes them apart: to write there would be to throw them away. */
function refuseBoxes(store: Destination, files: ReadonlyMap<string, RemoteFile>): void {
  const kinds = Object.values(BOX_PLACES);
  for (const path of files.keys()) {
    const index = kinds.find((kind) => path === kind.index || path.endsWith(`/${kind.index}`))?.index;
    if (index === undefined) continue;
    const form = index === BOX_PLACES.age.index ? 'encrypted backups' : 'files in parts';
    const where = path === index ? '' : ` of another node, under ${path.slice(0, -index.length)}`;
    throw new NxsError(
      'DESTINATION_FOREIGN',
      `${store.name} (${store.location}) holds ${form}${where}: configure it as it was when they were made, or give this one another branch or prefix.`,
    );
  }
}

/** The same with the manifest read, whoever made it: a restore may bring back another node's backup. */
export async function readCommit(
  store: Destination,
  commit: string,
  task: Task,
  ports: Pick<BackupPorts, 'sha256'>,
): Promise<Omit<RemoteView, 'head'>> {
  const { files, manifest: listed } = await listCommit(store, commit);
  const manifest = listed === null ? null : await readManifest(ports, store, listed, commit, task);
  return { files, manifest };
}

function requireOurs(
  ports: BackupPorts,
  store: Destination,
  manifest: RemoteManifest | null,
  files: number,
): void {
  const where = `${store.name} (${store.location})${store.prefix === '' ? '' : `, prefix ${store.prefix}`}`;
  if (manifest !== null && manifest.node !== ports.settings.node) {
    throw new NxsError(
      'DESTINATION_FOREIGN',
      `${where} holds the backup of the node "${manifest.node}", this one is "${ports.settings.node}": ` +
        'give it a path or a prefix of its own in backup-manifest.yaml.',
    );
  }
  if (manifest === null && files > 0) {
    throw new NxsError('DESTINATION_FOREIGN', `${where} holds ${files} files that no nxs backup wrote.`, {
      manifest: 'none',
    });
  }
}

async function readManifest(
  ports: Pick<BackupPorts, 'sha256'>,
  store: Destination,
  { oid, size }: RemoteFile,
  commit: string,
  task: Task,
): Promise<RemoteManifest> {
  const bytes = await readWhole(store, { oid, size: size ?? 0 }, commit, task);
  const parsed = parseManifest(new TextDecoder().decode(bytes));
  if (typeof parsed === 'string') {
    throw new NxsError('DESTINATION_UNREADABLE', `The manifest in ${store.name} is damaged: ${parsed}.`);
  }
  return { node: parsed.header.node, files: parsed.files, digest: ports.sha256(bytes) };
}

/** One small blob as a whole. Throws NxsError DESTINATION_UNREADABLE. */
async function readWhole(
  store: Destination,
  object: ObjectRequest,
  commit: string,
  task: Task,
): Promise<Uint8Array> {
  const { oid } = object;
  for await (const blob of store.read([object], task.signal, commit)) {
    if ('problem' in blob) {
      throw new NxsError('DESTINATION_UNREADABLE', `${store.name} cannot give ${oid} back: ${blob.reason}.`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of blob.chunks) chunks.push(chunk.slice());
    return concat(chunks);
  }
  throw new NxsError('DESTINATION_UNREADABLE', `${store.name} gave nothing for ${oid}.`);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

/** True when the listing holds exactly these files, and its manifest says the same of them. */
export function holdsExactly(view: RemoteView, files: readonly StagedFile[]): boolean {
  if (view.manifest?.files.length !== files.length || view.files.size !== files.length) return false;
  const said = new Map(view.manifest.files.map((file) => [file.path, file]));
  return files.every((file) => {
    const listed = view.files.get(file.path);
    const line = said.get(file.path);
    return (
      listed?.oid === file.oid &&
      listed.mode === file.mode &&
      line?.sha256 === file.sha256 &&
      line.oid === file.oid &&
      line.local === file.local
    );
  });
}

/**
 * Runs `change` on the destination and keeps the proof book honest about it: when somebody else touched the store since
 * our last look, nothing that was proved before counts any more. A crash in between leaves a witness that does not match,
 * which also means "read all again".
 */
export async function touching<T>(
  ports: BackupPorts,
  store: Destination,
  change: (book: ProofBook | null) => Promise<T>,
): Promise<T> {
  return ports.alone(store, async () => {
    await store.prepare();
    const book = await trustedBook(ports, store);
    const result = await change(book);
    if (book !== null) await ports.state.saveProofs(store.name, { ...book, witness: await store.witness() });
    return result;
  });
}

/**
 * Runs a look at the destination; when its own tree or manifest turns out to be damaged, nothing that was proved counts any
 * more, so that the next run looks at all of it instead of believing the book.
 */
export async function lookingAt<T>(
  ports: BackupPorts,
  store: Destination,
  look: () => Promise<T>,
): Promise<T> {
  return ports.alone(store, async () => {
    try {
      return await look();
    } catch (error) {
      if (error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE') {
        const book = await ports.state.loadProofs(store.name);
        if (book !== null) await ports.state.saveProofs(store.name, unproven(book));
      }
      throw error;
    }
  });
}

function unproven(book: ProofBook): ProofBook {
  return { ...book, files: book.files.map((file) => ({ ...file, verifiedAt: null })) };
}

/** The proof book as far as it still can be believed. One of another subtree proves nothing of this one. */
export async function trustedBook(ports: BackupPorts, store: Destination): Promise<ProofBook | null> {
  const book = await ports.state.loadProofs(store.name);
  if (book === null) return null;
  const witness = await store.witness();
  if (book.prefix !== store.prefix) return { ...unproven(book), provedAt: null, witness };
  // A store that cannot even be walked now (a disk in trouble) is one that nobody has looked at.
  if (witness !== null && book.witness === witness) return book;
  return { ...unproven(book), witness };
}
