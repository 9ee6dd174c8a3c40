// How full the file systems are that we write to, as df counts: what is kept for root is not ours to use.
import { lstat, realpath, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf } from '../../domain/errors.js';
import type { Host } from '../../domain/healing/ports.js';
import { readText, round1 } from './proc.js';

/** ms: a dead network file system answers never. */
const PATIENCE = 2_000;

type Found = Awaited<ReturnType<Host['disks']>>[number];

/** Each file system once. */
export async function readDisks(root: string, paths: readonly string[]): Promise<readonly Found[]> {
  const mounts = mountPoints(await readText(root, 'proc/self/mountinfo'));
  const seen = new Set<string>();
  const all: Found[] = [];
  for (const path of paths) {
    const found = await look(path, mounts);
    const key = 'device' in found ? found.device : found.mount;
    if (seen.has(key)) continue;
    seen.add(key);
    if ('device' in found) {
      const { mount, space, inodes } = found;
      all.push({ mount, space, inodes });
    } else all.push(found);
  }
  return all;
}

/** Looks that have not come back. Each holds a thread of the few that read files, so there is never a second one. */
const hanging = new Map<string, Promise<unknown>>();

async function look(path: string, mounts: readonly string[]) {
  if (hanging.has(path)) return { mount: path, failure: 'it still does not answer' };
  const looking = lookAt(path, mounts);
  hanging.set(path, looking);
  void looking.catch(() => undefined).finally(() => hanging.delete(path));
  return inTime(looking, path);
}

async function lookAt(path: string, mounts: readonly string[]) {
  const there = await realpath(await nearest(path));
  const [{ dev }, { blocks, bfree, bavail, files, ffree }] = await Promise.all([lstat(there), statfs(there)]);
  const mount =
    mounts.find((each) => there === each || each === '/' || there.startsWith(`${each}/`)) ?? there;
  const usable = blocks - bfree + bavail;
  return {
    device: String(dev),
    mount,
    space: usable === 0 ? 0 : round1((100 * (blocks - bfree)) / usable),
    inodes: files === 0 ? null : round1((100 * (files - ffree)) / files),
  };
}

/** The path itself, or what of it exists. */
async function nearest(path: string): Promise<string> {
  for (let at = path; ; at = dirname(at)) {
    if (at === dirname(at)) return at;
    const there = await lstat(at).then(
      () => true,
      (error: unknown) => errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR',
    );
    if (there) return at;
  }
}

async function inTime<T extends object>(
  look: Promise<T>,
  mount: string,
): Promise<T | { mount: string; failure: string }> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<{ mount: string; failure: string }>((resolve) => {
    timer = setTimeout(() => resolve({ mount, failure: `no answer in ${PATIENCE / 1000} s` }), PATIENCE);
  });
  try {
    return await Promise.race([look, late]);
  } catch (error) {
    return { mount, failure: `it cannot be looked at (${errnoOf(error) ?? String(error)})` };
  } finally {
    clearTimeout(timer);
  }
}

/** Deepest first. */
function mountPoints(mountinfo: string | null): readonly string[] {
  const points = (mountinfo ?? '').split('\n').map((line) => unescaped(line.split(' ')[4] ?? ''));
  return points.filter((each) => each !== '').sort((a, b) => b.length - a.length);
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
