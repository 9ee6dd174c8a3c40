// Empties cache directories without the reach of `rm -rf ~/.cache/*` (FIELD.md, section 4): only below directories that are named, only
// old files, never what is protected, never over a link or onto another file system.
import { lstat, opendir, realpath, rmdir, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import { errnoOf, NxsError } from '../../domain/errors.js';
import type { Caches, CacheRules, CachesCleared } from '../../domain/healing/ports.js';

interface Candidate {
  readonly path: string;
  readonly bytes: number;
  readonly key: string;
}

/** More are left for the next time. */
const MOST = 200_000;
const MOST_PROBLEMS = 20;

export function openCaches(now: () => number = Date.now): Caches {
  return {
    async clear(rules, { dryRun, signal }) {
      if (rules.paths.length === 0) throw new NxsError('USAGE', 'No cache directories are configured.');
      const problems: string[] = [];
      const candidates: Candidate[] = [];
      const emptied: string[] = [];
      for (const path of rules.paths) {
        const root = await allowed(path, problems);
        if (root === null) continue;
        const { dev } = await lstat(root);
        await gather(root, { rules, dev, now: now(), signal, candidates, emptied, problems });
      }
      // One path may lie below another one.
      const found = [...new Map(candidates.map((each) => [each.path, each])).values()];
      found.sort((a, b) => b.bytes - a.bytes);
      const done = dryRun ? counted(found) : await remove(found, signal, problems);
      if (!dryRun)
        for (const dir of emptied.sort((a, b) => b.length - a.length))
          await rmdir(dir).catch(() => undefined);
      return { ...done, problems: shortened(problems) };
    },
  };
}

/** The real directory, or null and why not. */
async function allowed(path: string, problems: string[]): Promise<string | null> {
  try {
    // With a slash at its end a link would be followed.
    const stats = await lstat(resolve(path));
    if (!stats.isDirectory())
      return refuse(`${path} is ${stats.isSymbolicLink() ? 'a link' : 'no directory'}`);
    const real = await realpath(path);
    const home = await realpath(homedir()).catch(() => homedir());
    if (dirname(real) === '/' || real === '/')
      return refuse(`${path} is too much of this machine to be a cache`);
    if (home === real || home.startsWith(`${real}/`)) return refuse(`${path} holds a home directory`);
    return real;
  } catch (error) {
    return refuse(`${path} cannot be looked at (${errnoOf(error) ?? String(error)})`);
  }

  function refuse(why: string): null {
    problems.push(why);
    return null;
  }
}

interface Walk {
  readonly rules: CacheRules;
  readonly dev: number;
  readonly now: number;
  readonly signal: CancelSignal;
  readonly candidates: Candidate[];
  readonly emptied: string[];
  readonly problems: string[];
}

async function gather(dir: string, walk: Walk): Promise<void> {
  const { rules, signal, candidates, problems } = walk;
  try {
    for await (const { name } of await opendir(dir)) {
      if (signal.aborted || candidates.length >= MOST) return;
      if (rules.protect.includes(name)) continue;
      // What vanishes, or cannot be looked at, keeps no others.
      await one(join(dir, name), walk).catch((error: unknown) => note(problems, join(dir, name), error));
    }
  } catch (error) {
    note(problems, dir, error);
  }
}

async function one(path: string, walk: Walk): Promise<void> {
  const { rules, dev, now, candidates, emptied } = walk;
  const stats = await lstat(path);
  if (stats.dev !== dev) return;
  if (stats.isDirectory()) {
    await gather(path, walk);
    if (isOld(stats, now, rules.olderThan)) emptied.push(path);
  } else if (stats.isFile() && isOld(stats, now, rules.olderThan)) {
    // Another name of it may be in use elsewhere; removing this one gives no space back.
    candidates.push({ path, bytes: stats.nlink > 1 ? 0 : stats.size, key: keyOf(stats) });
  }
}

function note(problems: string[], path: string, error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') problems.push(`${path}: ${errnoOf(error) ?? String(error)}`);
}

interface Times {
  readonly atimeMs: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

function isOld({ atimeMs, mtimeMs, ctimeMs }: Times, now: number, olderThan: number): boolean {
  return Math.max(atimeMs, mtimeMs, ctimeMs) < now - olderThan;
}

async function remove(
  candidates: readonly Candidate[],
  signal: CancelSignal,
  problems: string[],
): Promise<Omit<CachesCleared, 'problems'>> {
  let [files, bytes] = [0, 0];
  for (const { path, bytes: size, key } of candidates) {
    if (signal.aborted) break;
    try {
      // It may have been written, or replaced, since it was looked at.
      if (keyOf(await lstat(path)) !== key) continue;
      await unlink(path);
      files += 1;
      bytes += size;
    } catch (error) {
      note(problems, path, error);
    }
  }
  return { files, bytes };
}

function counted(candidates: readonly Candidate[]): Omit<CachesCleared, 'problems'> {
  return { files: candidates.length, bytes: candidates.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function keyOf({
  dev,
  ino,
  mtimeMs,
  size,
}: {
  dev: number;
  ino: number;
  mtimeMs: number;
  size: number;
}): string {
  return [dev, ino, mtimeMs, size].join(' ');
}

function shortened(problems: readonly string[]): readonly string[] {
  if (problems.length <= MOST_PROBLEMS) return problems;
  return [...problems.slice(0, MOST_PROBLEMS - 1), `and ${problems.length - MOST_PROBLEMS + 1} more`];
}
