import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { createGitDestination } from '../../../adapters/git/destination.js';
import { type StageHandle, type StagedRead, openStage, stageFiles } from '../../../adapters/git/stage.js';
import type { Change, Destination, Stage } from '../../../domain/backup/ports.js';

/** A scratch directory of the running test. */
export function scratch(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-git-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export interface Lab {
  readonly dir: string;
  readonly store: string;
  readonly home: string;
  readonly destination: Destination;
}

/** A prepared destination in a directory of its own. */
export async function lab(prefix = '', dir = scratch()): Promise<Lab> {
  const store = path.join(dir, 'backup.git');
  const home = path.join(dir, 'home');
  mkdirSync(home, { recursive: true });
  const destination = createGitDestination({ name: 'local', path: store, prefix, gitHome: home });
  await destination.prepare();
  return { dir, store, home, destination };
}

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Writes the files and stages them. */
export async function stageOf(
  at: Pick<Lab, 'dir' | 'home'>,
  files: Files,
  run = 'run',
): Promise<{ readonly stage: StageHandle; readonly staged: readonly StagedRead[] }> {
  const inputs = Object.entries(files).map(([name, bytes]) => {
    const absolute = path.join(at.dir, 'data', name);
    mkdirSync(path.dirname(absolute), { recursive: true });
    writeFileSync(absolute, bytes);
    return { local: name, path: name, absolute, mode: '100644' as const };
  });
  const stage = await openStage(path.join(at.dir, 'stages'), run, at.home);
  const { staged } = await stageFiles(stage, inputs);
  return { stage, staged };
}

/** A change of the whole prefix to exactly the staged files. */
export async function changeTo(
  destination: Destination,
  staged: readonly StagedRead[],
  message = 'Backup',
): Promise<Change> {
  const head = await destination.head();
  return {
    parent: head?.commit ?? null,
    prefix: destination.prefix,
    entries: staged.map(({ path: at, oid, size, mode }) => ({
      path: destination.prefix + at,
      oid,
      size,
      mode,
    })),
    extra: [
      {
        path: `${destination.prefix}.nxs/manifest.json`,
        bytes: Buffer.from(`{"note":${JSON.stringify(message)}}`),
      },
    ],
    present: null,
    missing: [...new Set(await destination.lacks(staged.map((file) => file.oid)))],
    message,
    at: '2026-11-20T10:00:00Z',
    author: 'home',
  };
}

/** Stages and publishes the files; the run's name is also the commit's subject. */
export async function backup(at: Lab, files: Files, run = 'run') {
  const { stage, staged } = await stageOf(at, files, run);
  const published = await at.destination.publish(await changeTo(at.destination, staged, run), stage);
  return { stage, staged, published };
}

/** What each staged file reads back as: its SHA-256, or the problem. */
export async function readBack(
  destination: Destination,
  files: readonly StagedRead[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const objects = files.map(({ oid, size }) => ({ oid, size }));
  let index = 0;
  for await (const blob of destination.read(objects)) {
    const name = files[index]?.path ?? '';
    index += 1;
    found.set(name, 'problem' in blob ? blob.problem : await digest(blob.chunks));
  }
  return found;
}

async function digest(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of chunks) hash.update(chunk);
  } catch {
    return 'cut';
  }
  return hash.digest('hex');
}

/** The SHA-256 by path, as it should be. */
export function expected(files: readonly StagedRead[]): Map<string, string> {
  return new Map(files.map((file) => [file.path, file.sha256]));
}

/** Plain git, away from this machine's settings. */
export function git(store: string, ...args: string[]): string {
  const env = {
    PATH: process.env['PATH'],
    HOME: '/nonexistent',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_DIR: store,
    LC_ALL: 'C',
  };
  return execFileSync('git', args, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A repeatable random number generator (mulberry32): a failing seed can be run again. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Repeatable bytes that do not compress. */
export function noise(size: number, seed = 1): Buffer {
  const random = seeded(seed);
  return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
}

/** Heals these blobs in the newest commit; the sentence. */
export async function healed(
  destination: Destination,
  oids: readonly string[],
  stage: Stage,
): Promise<string> {
  const commit = (await destination.head().catch(() => null))?.commit ?? null;
  const { note } = await destination.heal(
    { oids, commit, at: '2026-11-20T11:00:00Z', author: 'home' },
    stage,
  );
  return note;
}
