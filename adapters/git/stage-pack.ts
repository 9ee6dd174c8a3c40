// Blobs out of the stage as a pack. Mostly all of them travel, and then the finished file is taken as it is;
// `pack-objects` comes in only for a part.
import { createReadStream } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Stage } from '../../domain/backup/ports.js';
import { idxObjects } from './pack-index.js';
import { type GitCall, checkExit, spawnGit } from './process.js';

/** A pack that holds `oids` (and possibly nothing else). Throws when the stage lacks one of them. */
export async function* stagePack(stage: Stage, oids: readonly string[], like: GitCall): AsyncGenerator<Uint8Array> {
  const whole = await wholePack(stage, oids);
  if (whole !== null) yield* createReadStream(whole, { highWaterMark: 512 * 1024 });
  else yield* packSome(stage, oids, like);
}

async function wholePack(stage: Stage, oids: readonly string[]): Promise<string | null> {
  const dir = path.join(stage.repository, 'objects', 'pack');
  const indexes = (await readdir(dir)).filter((name) => name.endsWith('.idx'));
  const [only] = indexes;
  if (indexes.length !== 1 || only === undefined) return null;
  const held = idxObjects(await readFile(path.join(dir, only)));
  if (held === null || held.length !== oids.length) return null;
  const wanted = new Set(oids);
  return held.every((entry) => wanted.has(entry.oid)) ? path.join(dir, only.replace(/\.idx$/, '.pack')) : null;
}

async function* packSome(stage: Stage, oids: readonly string[], like: GitCall): AsyncGenerator<Uint8Array> {
  const settings = { 'pack.compression': '1', 'pack.window': '0' };
  const scope = { home: like.scope.home, repository: stage.repository, settings };
  const call = { ...like, scope, where: `the staging area ${stage.repository}`, args: ['pack-objects', '--stdout', '-q'] };
  const git = spawnGit(call);
  git.stdin.end(oids.map((oid) => `${oid}\n`).join(''));
  try {
    for await (const chunk of git.stdout) yield chunk as Uint8Array;
    checkExit(call, await git.exit);
  } finally {
    git.kill();
    git.stdout.destroy();
  }
}
