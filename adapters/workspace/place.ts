// One file of the data directory gets another content. Nobody may lose what he writes in that moment, and no reader may find
// nothing: so what really stood there is taken out in one step and looked at before it counts as replaced (SYNC.md, step 11).
import { constants } from 'node:fs';
import { chmod, link, lstat, open, rename, unlink } from 'node:fs/promises';
import { errnoOf, errorMessage } from '../../domain/errors.js';
import type { Applied } from '../../domain/sync/ports.js';
import { hashFile } from '../files/hash.js';
import { giveTo, type Directory } from '../files/restore-dir.js';
import type { JournalEntry } from './apply-journal.js';
import type { Exchange } from './exchange.js';

export interface Spot {
  readonly entry: JournalEntry;
  /** Directory that the file is in, opened without following a link. */
  readonly parent: Directory;
  /** Name of the file in it. */
  readonly name: string;
  /** Staging directory on the same device. */
  readonly staging: Directory;
  readonly exchange: Exchange | null;
  /** Moves a version that was replaced to the copies; returns where. */
  readonly keep: (file: string, oid: string) => Promise<string>;
}

type Outcome = Omit<Applied, 'path'>;

const DONE = (oid: string | null, backup: string | null): Outcome => ({
  result: 'done',
  oid,
  detail: null,
  backup,
});
const RACED = (detail: string, backup: string | null = null): Outcome => ({
  result: 'raced',
  oid: null,
  detail,
  backup,
});

/** Content id of a file; null: there is none. Throws for what is no regular file, or cannot be read. */
export async function contentId(file: string): Promise<string | null> {
  const stat = await lstat(file).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (stat === null) return null;
  if (!stat.isFile())
    throw new Error(stat.isDirectory() ? 'a directory is in the way' : 'it is no regular file');
  const hashed = await hashFile(file);
  if (hashed.ok) return hashed.oid;
  if (/ENOENT/.test(hashed.reason)) return null;
  throw new Error(hashed.reason);
}

/** Makes one change. Never throws for what it finds: that is the result. */
export async function changeFile(spot: Spot, bytes: Uint8Array | null): Promise<Outcome> {
  const target = spot.parent.at(spot.name);
  try {
    const now = await contentId(target);
    const { expected, wanted } = spot.entry;
    if (now === (wanted?.oid ?? null)) return await settleMode(target, wanted, now);
    if (now !== expected) return RACED('it was changed since it was looked at');
    if (wanted === null) return await takeAway(spot, target);
    if (bytes === null) throw new Error('its content is not at hand');
    await stage(spot, target, bytes, now !== null);
    return now === null ? await placeNew(spot, target) : await replace(spot, target);
  } catch (error) {
    return {
      result: 'failed',
      oid: null,
      detail: errorMessage(error).replaceAll(/\/proc\/self\/fd\/\d+\//g, ''),
      backup: null,
    };
  }
}

async function settleMode(
  target: string,
  wanted: JournalEntry['wanted'],
  now: string | null,
): Promise<Outcome> {
  if (wanted !== null) {
    const { mode } = await lstat(target);
    const next = withX(mode & 0o7777, wanted.mode === '100755');
    if (next !== (mode & 0o7777)) await chmod(target, next);
  }
  return DONE(now, null);
}

/** Execution follows reading: whoever may read may run. */
function withX(mode: number, executable: boolean): number {
  return executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}

async function stage(
  { entry, staging, parent }: Spot,
  target: string,
  bytes: Uint8Array,
  replaces: boolean,
): Promise<void> {
  const executable = entry.wanted?.mode === '100755';
  const file = staging.at(entry.staging);
  await unlink(file).catch(() => undefined);
  const { O_CREAT, O_EXCL, O_WRONLY, O_NOFOLLOW } = constants;
  // A new file is as open as the process makes files; one that is replaced stays as open as it was.
  const handle = await open(file, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW, replaces ? 0o600 : 0o666);
  try {
    await handle.writeFile(bytes);
    const { mode } = replaces ? await lstat(target) : await handle.stat();
    await handle.chmod(withX(mode & 0o777, executable));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await giveTo(file, parent);
}

async function placeNew({ entry, staging }: Spot, target: string): Promise<Outcome> {
  const file = staging.at(entry.staging);
  try {
    await link(file, target);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return RACED('somebody made it in the same moment');
  } finally {
    await unlink(file).catch(() => undefined);
  }
  return DONE(entry.wanted?.oid ?? null, null);
}

/** Afterwards the staging name holds what stood there. */
async function replace(spot: Spot, target: string): Promise<Outcome> {
  const out = spot.staging.at(spot.entry.staging);
  if (spot.exchange !== null) {
    spot.exchange.swap(out, target);
    return judge(spot, target);
  }
  const ours = `${out}.new`;
  await rename(out, ours);
  await rename(target, out);
  try {
    await link(ours, target);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    return await putBack(spot, target, 'somebody made it anew in the same moment');
  } finally {
    await unlink(ours).catch(() => undefined);
  }
  return judge(spot, target);
}

async function takeAway(spot: Spot, target: string): Promise<Outcome> {
  await rename(target, spot.staging.at(spot.entry.staging));
  return judge(spot, target);
}

/** Was it what we meant to replace? Else it goes back, and ours comes out. Also what a restart does with what it finds. */
export async function judge(spot: Spot, target: string): Promise<Outcome> {
  const { entry, staging } = spot;
  const out = staging.at(entry.staging);
  const id = await contentId(out);
  if (id === null) return DONE((await contentId(target)) ?? null, null);
  if (id === entry.expected) return DONE(entry.wanted?.oid ?? null, await spot.keep(out, id));
  return putBack(spot, target, 'somebody changed it in the same moment');
}

/** What came out is somebody's fresh work: it gets its name back, if nobody has that by now, else it is kept as a copy. */
async function putBack(spot: Spot, target: string, why: string): Promise<Outcome> {
  const { entry, staging, exchange } = spot;
  const out = staging.at(entry.staging);
  let backup: string | null = null;
  const isOurs = entry.wanted !== null && (await contentId(target)) === entry.wanted.oid;
  if (isOurs && exchange !== null) exchange.swap(out, target);
  else {
    const mine = `${out}.ours`;
    if (isOurs) await rename(target, mine);
    await link(out, target).catch((error: unknown) => {
      if (errnoOf(error) !== 'EEXIST') throw error;
    });
    if ((await contentId(target)) === (await contentId(out))) await unlink(out);
    if (isOurs) backup = await dropOurs(spot, mine);
  }
  return RACED(why, (await dropOurs(spot, out)) ?? backup);
}

/** Removes what we staged; what turns out to be somebody else's is kept. */
async function dropOurs({ entry, keep }: Spot, file: string): Promise<string | null> {
  const id = await contentId(file);
  if (id !== null && id !== entry.wanted?.oid) return keep(file, id);
  await unlink(file).catch(() => undefined);
  return null;
}
