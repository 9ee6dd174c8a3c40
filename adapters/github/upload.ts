// Bytes to the server: text inside of trees, many files a request; the rest blob by blob. What the server acknowledged with the
// right id is noted at once, so that a run that was killed or told to wait does not send it twice.
import type { CancelSignal, Stage } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { readObjects } from '../git/read-back.js';
import { blobId, plainText } from './bytes.js';
import { standingUploads } from './memory.js';
import { asked, type GithubStore } from './store.js';

/** Longer texts go as blobs, so that no tree request gets large by one file. */
export const LONGEST_TEXT = 1024 * 1024;
const FLUSH_AT = 50;
/** Texts that are held until they travel, in characters. */
const HELD = 8 * 1024 * 1024;

export interface Uploads {
  /** Length of each text that travels inside of a tree, by object id; everything else that was missing is on the server. */
  readonly texts: ReadonlyMap<string, number>;
  /** These texts at least: a gigabyte of them is not held, but read again from the stage, request by request. */
  load(oids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Notes that a tree with these texts was taken. */
  acknowledged(oids: readonly string[]): Promise<void>;
  /** Forgets all that was noted: the server said that it does not know one of them. */
  forget(): Promise<void>;
}

/** Sends what cannot travel inside of a tree. `made` are our own files, `missing` lie in the stage. */
export async function upload(
  store: GithubStore,
  missing: readonly string[],
  made: ReadonlyMap<string, Uint8Array>,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<Uploads> {
  const standing = standingUploads(await store.memory.read(), Date.now());
  const texts = new Map<string, number>();
  const held = new Map<string, string>();
  let room = HELD;
  const noted: string[] = [];
  const note = async (oids: readonly string[]): Promise<void> => {
    const now = Date.now();
    await store.memory.update((memory) => ({
      ...memory,
      uploads: { ...memory.uploads, ...Object.fromEntries(oids.map((oid) => [oid, now])) },
    }));
  };
  const take = async (oid: string, bytes: Uint8Array): Promise<void> => {
    const text = bytes.length <= LONGEST_TEXT ? plainText(bytes) : null;
    if (text !== null) {
      texts.set(oid, text.length);
      if (made.has(oid) || text.length <= room) {
        held.set(oid, text);
        room -= text.length;
      }
      return;
    }
    await sendBlob(store, oid, bytes, signal);
    noted.push(oid);
    if (noted.length >= FLUSH_AT) await note(noted.splice(0));
  };
  try {
    for (const [oid, bytes] of made) if (!standing.has(oid)) await take(oid, bytes);
    const travelling = missing.filter((oid) => !standing.has(oid) && !made.has(oid));
    for await (const { oid, bytes } of staged(store, stage, travelling, signal)) await take(oid, bytes);
  } finally {
    if (noted.length > 0) await note(noted);
  }
  return {
    texts,
    async load(oids) {
      const unheld = oids.filter((oid) => !held.has(oid));
      const found = new Map(held);
      for await (const { oid, bytes } of staged(store, stage, unheld, signal)) found.set(oid, textOf(bytes));
      return found;
    },
    acknowledged: note,
    forget: () => store.memory.update((memory) => ({ ...memory, uploads: {} })),
  };
}

function textOf(bytes: Uint8Array): string {
  const text = plainText(bytes);
  if (text === null) throw new NxsError('ACTIVITY_FAILED', 'The stage gave other bytes than before.');
  return text;
}

/** One blob, whose id is compared at once. Throws DESTINATION_UNREACHABLE when the server came to another one. */
export async function sendBlob(
  store: GithubStore,
  oid: string,
  bytes: Uint8Array,
  signal?: CancelSignal,
): Promise<void> {
  const { octokit, at, where } = store.client;
  const { data } = await octokit.rest.git.createBlob({
    ...at,
    content: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'),
    encoding: 'base64',
    ...asked(signal),
  });
  if (data.sha !== oid) {
    throw new NxsError(
      'DESTINATION_UNREACHABLE',
      `${where} stored other bytes than were sent (${data.sha}).`,
    );
  }
}

/** Blobs out of the stage, one in memory at a time, each checked against its id. */
export async function* staged(
  store: Pick<GithubStore, 'gitHome'>,
  stage: Stage | null,
  oids: readonly string[],
  signal?: CancelSignal,
): AsyncGenerator<{ readonly oid: string; readonly bytes: Buffer }> {
  if (oids.length === 0) return;
  if (stage === null)
    throw new NxsError('ACTIVITY_FAILED', `${oids.length} files must travel, none is staged.`);
  const repository = { name: 'stage', path: stage.repository, branch: 'main', gitHome: store.gitHome };
  for await (const object of readObjects(repository, oids, signal)) {
    if ('problem' in object) {
      throw new NxsError('ACTIVITY_FAILED', `The stage cannot give ${object.oid}: ${object.reason}.`);
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of object.chunks) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (blobId(bytes) !== object.oid) {
      throw new NxsError('ACTIVITY_FAILED', `The stage gave other bytes than ${object.oid}.`);
    }
    yield { oid: object.oid, bytes };
  }
}
