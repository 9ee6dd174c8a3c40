// One file changes from old to new in one rename: a reader sees the old bytes or the new ones, never neither.
import { chmod, link, rename, rm, unlink } from 'node:fs/promises';
import { permissionsFor } from '../../domain/restore/plan.js';
import type { Operation } from '../../domain/restore/plan.js';
import { errnoOf } from '../../domain/errors.js';
import { giveTo } from './restore-dir.js';
import type { Directory } from './restore-dir.js';
import { phraseOf } from './restore-errors.js';
import { copySynced, keepPresent, syncKept } from './restore-keep.js';
import { lookAt, sameStamp, stampOf, standing } from './restore-present.js';
import type { Look } from './restore-present.js';
import { recordKept } from './restore-record.js';
import type { Walker } from './restore-walker.js';
import { nameOf } from './restore-walker.js';

export interface PlaceContext {
  readonly walker: Walker;
  /** The directory of this restore under the undo directory. */
  readonly dir: string;
  readonly umask: number;
}

export type Placed =
  | { readonly outcome: 'restored'; readonly action: 'create' | 'replace' | 'remove' }
  | { readonly outcome: 'refused' | 'kept'; readonly reason: string };

const STAGED_BESIDE = '.nxs-restore-part';

/** A file that others keep changing is given up after as many tries. */
const TRIES = 5;

/**
 * Puts the staged file (null: nothing) in the place of what stands at the path. `look` is what was seen there
 * when it was kept; anything else that stands there by now is kept as well before it is replaced. Never throws
 * for the state of one file.
 */
export async function placeOne(
  operation: Operation,
  staged: string | null,
  look: Look,
  context: PlaceContext,
): Promise<Placed> {
  try {
    const parent = await context.walker.parentOf(operation.path);
    if (parent.state !== 'open') {
      return {
        outcome: 'refused',
        reason: parent.state === 'blocked' ? parent.reason : 'its directory is gone',
      };
    }
    let seen = look;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const done = await attemptOne(operation, staged, seen, parent.directory, context);
      if (done !== 'changed') return done;
      seen = await lookAt(parent, operation.path);
      const refused = await keepAgain(operation, seen, parent.directory, context);
      if (refused !== null) return refused;
    }
    return { outcome: 'refused', reason: 'it kept changing while it was restored' };
  } catch (error) {
    return { outcome: 'refused', reason: phraseOf(error) };
  }
}

async function attemptOne(
  operation: Operation,
  staged: string | null,
  seen: Look,
  parent: Directory,
  context: PlaceContext,
): Promise<Placed | 'changed'> {
  const place = parent.at(nameOf(operation.path));
  const there = await standing(place);
  if (there.kind === 'blocked') return { outcome: 'refused', reason: there.reason };
  if (!sameStamp(there.kind === 'file' ? stampOf(there.stat) : null, seen.stamp)) return 'changed';
  if (staged === null || operation.want === null) {
    if (there.kind === 'file') await unlink(place);
    context.walker.changed();
    return { outcome: 'restored', action: 'remove' };
  }
  const replaced = there.kind === 'file' ? there.stat : null;
  const permissions = replaced === null ? null : Number(replaced.mode & 0o777n);
  await chmod(staged, permissionsFor(operation.want, context.umask, permissions));
  await giveTo(staged, replaced === null ? parent : { uid: Number(replaced.uid), gid: Number(replaced.gid) });
  if (replaced !== null) await bring(staged, parent, (from) => rename(from, place));
  else if (!(await bring(staged, parent, (from) => linkNew(from, place)))) return 'changed';
  context.walker.changed();
  return { outcome: 'restored', action: replaced === null ? 'create' : 'replace' };
}

/**
 * A bind mount has the device number of its neighbours and yet refuses a rename from them: then the staged
 * bytes are copied beside their place first.
 */
async function bring<T>(staged: string, parent: Directory, move: (from: string) => Promise<T>): Promise<T> {
  try {
    return await move(staged);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    const beside = parent.at(STAGED_BESIDE);
    await rm(beside, { force: true });
    try {
      await copySynced(staged, beside);
      return await move(beside);
    } finally {
      await rm(beside, { force: true });
    }
  }
}

/** A new file by hard link, which cannot overwrite what someone made meanwhile; false when it exists. */
async function linkNew(staged: string, place: string): Promise<boolean> {
  try {
    await link(staged, place);
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'EEXIST') return false;
    if (code === null || !['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK', 'ENOSYS'].includes(code)) throw error;
    await rename(staged, place);
    return true;
  }
  await unlink(staged);
  return true;
}

async function keepAgain(
  operation: Operation,
  seen: Look,
  parent: Directory,
  context: PlaceContext,
): Promise<Placed | null> {
  const { present } = seen;
  if (present.kind === 'blocked') return { outcome: 'refused', reason: present.reason };
  const now = present.kind === 'file' ? present.sha256 : null;
  if (operation.onlyIf !== undefined && operation.onlyIf !== now) {
    return { outcome: 'kept', reason: 'it was changed meanwhile' };
  }
  if (present.kind === 'absent') return null;
  await keepPresent(parent.at(nameOf(operation.path)), context.dir, operation.path);
  const { sha256, size, permissions } = present;
  await recordKept(context.dir, operation.path, { sha256, size, permissions });
  await syncKept(context.dir, [operation.path]);
  return null;
}
