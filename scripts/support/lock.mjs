// Two starts in one fresh clone must not run `npm ci` over each other. The holder touches its lock every
// few seconds, so a lock of a killed process is recognised even when its pid was given to another one.
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DIST } from './paths.mjs';
import { say } from './say.mjs';

const BEAT_MS = 5_000;
const SILENT_MS = 120_000;
const POLL_MS = 100;

/**
 * Runs `work` while this process alone holds dist/.bootstrap.lock; waits for another holder as long as it lives.
 * @template T
 * @param {() => Promise<T>} work
 * @param {string} [directory]
 * @returns {Promise<T>}
 */
export async function withLock(work, directory = DIST) {
  const path = join(directory, '.bootstrap.lock');
  const mine = JSON.stringify({
    pid: process.pid,
    host: hostname(),
    nonce: process.hrtime.bigint().toString(),
  });
  mkdirSync(directory, { recursive: true });
  for (let waited = 0; !take(path, mine); waited++) {
    if (waited === 0)
      say(`waiting for another set-up in this directory (pid ${holderOf(path)?.pid ?? 'unknown'})`);
    await sleep(POLL_MS);
  }
  const beat = setInterval(() => touch(path), BEAT_MS);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if (read(path) === mine) rmSync(path, { force: true });
  }
}

function take(path, mine) {
  try {
    writeFileSync(path, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const seen = read(path);
  if (seen === null || !isStale(path, seen)) return false;
  return evict(path, seen) && take(path, mine);
}

function isStale(path, content) {
  const age = ageOf(path);
  if (age === null) return false;
  if (age > SILENT_MS) return true;
  const holder = parse(content);
  // An unreadable lock is one that its maker has created but not yet written; it gets time to.
  if (holder === null) return age > BEAT_MS;
  return holder.host === hostname() && !isAlive(holder.pid);
}

// Moving it aside first shows whether it is still the one that was judged; a newer one is put back.
function evict(path, seen) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch {
    return false;
  }
  const same = read(aside) === seen;
  if (!same) {
    try {
      linkSync(aside, path);
    } catch {
      // A third process made its own lock meanwhile; that one stands.
    }
  }
  rmSync(aside, { force: true });
  return same;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function holderOf(path) {
  const content = read(path);
  return content === null ? null : parse(content);
}

function parse(content) {
  try {
    const value = JSON.parse(content);
    return Number.isInteger(value?.pid) ? value : null;
  } catch {
    return null;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function ageOf(path) {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

function touch(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // dist/ was removed under us; the end of the work says what came of it.
  }
}
