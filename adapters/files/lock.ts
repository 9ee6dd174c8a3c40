import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errnoOf, NxsError } from '../../domain/errors.js';
import { writeNew } from './atomic-write.js';
import { readHolder, type LockHolder } from './lock-holder.js';
import { identify, isAlive } from './process-identity.js';

// The trap in every lock file is the take-over: two processes see the same dead holder, the slower one
// deletes the lock that the faster one has just made, and both believe they hold it. Here a dead holder
// has exactly one heir: the one who could create `<lock>.heir-<nonce of the dead>`, and only the heir
// replaces the file, by rename. An heir that dies before that is a dead holder like any other, and its
// nonce names the next heir.

export interface Lock {
  /** Gives the lock back. Safe to call twice. */
  release(): Promise<void>;
}

export interface LockOptions {
  /** How long to wait for a live holder, in ms; 0 (the default) refuses at once. */
  readonly wait?: number;
  /** What the holder does, shown to whoever is refused. */
  readonly purpose: string;
}

const POLL_MS = 50;

/** An heir is about to become the holder, or about to see that it came too late: worth this many ms of waiting. */
const HEIR_PATIENCE_MS = 2000;
const HEIR_POLL_MS = 5;

type Outcome =
  | { readonly kind: 'acquired' }
  | { readonly kind: 'again' }
  | { readonly kind: 'held'; readonly by: LockHolder }
  | { readonly kind: 'inherited'; readonly by: LockHolder };

const ACQUIRED: Outcome = { kind: 'acquired' };
const AGAIN: Outcome = { kind: 'again' };

/**
 * Takes the lock at `path`, or throws NxsError LOCKED with `details` {pid, purpose, since} of the live holder.
 * A holder that is dead (also: its pid was reused, or the machine was rebooted) is taken over. It holds
 * between processes of one machine that see each other's pids, and between callers in one process.
 */
export async function acquireLock(path: string, options: LockOptions): Promise<Lock> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const me = await newHolder(options.purpose);
  const began = performance.now();
  const wait = options.wait ?? 0;
  for (;;) {
    const outcome = await tryOnce(path, me);
    if (outcome.kind === 'acquired') return { release: () => release(path, me) };
    if (outcome.kind === 'again') continue;
    const patience = outcome.kind === 'inherited' ? Math.max(wait, HEIR_PATIENCE_MS) : wait;
    if (performance.now() - began >= patience) throw refused(path, outcome.by);
    await sleep(outcome.kind === 'inherited' ? HEIR_POLL_MS : POLL_MS);
  }
}

/** The live holder of the lock at `path`, or null when it is free or its holder is dead. */
export async function lockHolder(path: string): Promise<LockHolder | null> {
  const holder = await readHolder(path);
  return holder !== null && (await isAlive(holder)) ? holder : null;
}

async function newHolder(purpose: string): Promise<LockHolder> {
  const self = (await identify(process.pid)) ?? { pid: process.pid, started: '', boot: '' };
  return { ...self, nonce: randomUUID(), purpose, since: new Date().toISOString() };
}

async function tryOnce(path: string, me: LockHolder): Promise<Outcome> {
  const holder = await readHolder(path);
  if (holder === null) return (await create(path, me)) ? ACQUIRED : AGAIN;
  if (await isAlive(holder)) return { kind: 'held', by: holder };
  return inherit(path, holder, me);
}

async function inherit(path: string, dead: LockHolder, me: LockHolder): Promise<Outcome> {
  let claim = `${path}.heir-${dead.nonce}`;
  while (!(await create(claim, me))) {
    const heir = await readHolder(claim);
    if (heir === null) return AGAIN;
    if (await isAlive(heir)) return { kind: 'inherited', by: heir };
    claim = `${path}.heir-${heir.nonce}`;
  }
  // The heir before us may have finished and cleaned its claim away while we were slow: then the lock has
  // another nonce by now, and our claim is worth nothing.
  const current = await readHolder(path);
  if (current?.nonce !== dead.nonce) {
    await remove(claim);
    return AGAIN;
  }
  await rename(await spare(path, me), path);
  await sweepClaims(path);
  return ACQUIRED;
}

/** Claims are worthless once the lock carries a live nonce, whoever left them there. */
async function sweepClaims(path: string): Promise<void> {
  const prefix = `${basename(path)}.heir-`;
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(prefix) && !name.endsWith('.tmp')) await remove(join(dirname(path), name));
}

/** Creates `path` whole or not at all: a reader never sees half a lock. False when it exists. */
async function create(path: string, me: LockHolder): Promise<boolean> {
  const temporary = await spare(path, me);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await remove(temporary);
  }
}

async function spare(path: string, me: LockHolder): Promise<string> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeNew(temporary, `${JSON.stringify(me)}\n`, 0o600, true);
  return temporary;
}

async function release(path: string, me: LockHolder): Promise<void> {
  if ((await readHolder(path))?.nonce === me.nonce) await remove(path);
}

async function remove(path: string): Promise<void> {
  await unlink(path).catch(() => undefined);
}

function refused(path: string, holder: LockHolder): NxsError {
  return new NxsError(
    'LOCKED',
    `${path} is held by process ${holder.pid} (${holder.purpose}) since ${holder.since}.`,
    {
      pid: holder.pid,
      purpose: holder.purpose,
      since: holder.since,
    },
  );
}
