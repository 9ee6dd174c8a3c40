// An unmounted disk looks like an empty directory, and a restored snapshot like a burst of edits. Neither may reach the hub, so
// the directory carries an id, and its device is remembered.
import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, readFile, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import type { RootState } from '../../domain/sync/ports.js';
import { atomicWrite, syncDirectory, writeNew } from '../files/atomic-write.js';
import { identify } from '../files/process-identity.js';
import { giveTo } from '../files/restore-dir.js';
import { MARKER } from './layout.js';

interface RootRecord {
  readonly v: 1;
  readonly rootId: string;
  /** Number of the device. */
  readonly dev: number;
  /** Boot in which that number was seen: the next one may number devices anew. */
  readonly boot: string;
}

export interface RootPlace {
  readonly root: string;
  /** The state file of the record. */
  readonly file: string;
  /** Device number of a directory. */
  readonly deviceOf: (dir: string) => Promise<number>;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export async function deviceOf(dir: string): Promise<number> {
  return (await stat(dir)).dev;
}

/** Whether the directory is the one that was joined. Never throws for its state; a damaged record counts as none. */
export async function checkRoot(place: RootPlace): Promise<RootState> {
  const record = await readRecord(place.file);
  if (record === null) return { state: 'never_joined' };
  const unusable = await whyUnusable(place.root);
  if (unusable !== null) return missing(unusable);
  const marker = await readMarker(place.root);
  if (marker === null) return missing(`${place.root} has no ${MARKER}: is its disk mounted?`);
  if (marker !== record.rootId) return missing(`${place.root} is not the directory that was joined`);
  const dev = await place.deviceOf(place.root);
  if (dev === record.dev) return { state: 'ok' };
  const boot = await bootId();
  if (boot === record.boot) return missing(`${place.root} is on another device than when it was joined`);
  await writeRecord(place.file, { ...record, dev, boot });
  return { state: 'ok' };
}

/** Makes the directory and the marker, or adopts those that are there, and remembers the device. Throws NxsError DATA_DIR_MISSING. */
export async function joinRoot(place: RootPlace): Promise<void> {
  await mkdir(place.root, { recursive: true }).catch(() => undefined);
  const unusable = await whyUnusable(place.root);
  if (unusable !== null) throw new NxsError('DATA_DIR_MISSING', `${unusable}.`);
  const rootId = (await readMarker(place.root)) ?? (await makeMarker(place.root));
  await writeRecord(place.file, {
    v: 1,
    rootId,
    dev: await place.deviceOf(place.root),
    boot: await bootId(),
  });
}

function missing(detail: string): RootState {
  return { state: 'missing', detail };
}

async function whyUnusable(root: string): Promise<string | null> {
  try {
    if (!(await stat(root)).isDirectory()) return `${root} is not a directory`;
    await readdir(root);
    return null;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return `${root} does not exist`;
    return `${root} cannot be read (${errorMessage(error)})`;
  }
}

/** Null also for a marker that makes no sense. */
async function readMarker(root: string): Promise<string | null> {
  const file = join(root, MARKER);
  try {
    if (!(await lstat(file)).isFile()) return null;
    const text = (await readFile(file, 'latin1')).trim();
    return UUID.test(text) ? text : null;
  } catch {
    return null;
  }
}

async function makeMarker(root: string): Promise<string> {
  const rootId = randomUUID();
  const [file, temporary] = [join(root, MARKER), join(root, `${MARKER}-${rootId.slice(0, 8)}.tmp`)];
  try {
    await writeNew(temporary, `${rootId}\n`, 0o644, true);
    await giveTo(temporary, await stat(root));
    // What is in the way made no sense as a marker (see readMarker).
    await unlink(file).catch(() => undefined);
    await link(temporary, file);
    await syncDirectory(root);
    return rootId;
  } catch (error) {
    throw new NxsError('DATA_DIR_MISSING', `${root} cannot be marked: ${errorMessage(error)}.`, {}, error);
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
}

async function readRecord(file: string): Promise<RootRecord | null> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<
      Record<keyof RootRecord, unknown>
    > | null;
    const isRecord =
      value?.v === 1 &&
      typeof value.rootId === 'string' &&
      typeof value.dev === 'number' &&
      typeof value.boot === 'string';
    return isRecord ? (value as unknown as RootRecord) : null;
  } catch {
    return null;
  }
}

async function writeRecord(file: string, record: RootRecord): Promise<void> {
  await atomicWrite(file, `${JSON.stringify(record)}\n`);
}

async function bootId(): Promise<string> {
  return (await identify(process.pid))?.boot ?? '';
}
