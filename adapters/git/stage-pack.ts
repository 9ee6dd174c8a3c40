// Blobs out of the stage as packs. Mostly all of them travel, and then the finished files are taken as they are;
// `pack-objects` comes in only for a part.
import { createReadStream } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Stage } from '../../domain/backup/ports.js';
import { idxObjects } from './pack-index.js';
import type { PackSource } from './pack-stream.js';
import { type GitCall, checkExit, spawnGit } from './process.js';

/** Packs that together hold exactly `oids`, each once. Reading them throws when the stage lacks one. */
export async function stagePacks(
  stage: Stage,
  oids: readonly string[],
  like: GitCall,
): Promise<readonly PackSource[]> {
  const wanted = new Set(oids);
  if (wanted.size === 0) return [];
  const sources: PackSource[] = [];
  for (const pack of await packsOfStage(stage)) {
    // An object in two packs is taken from the first; a pack with anything else in it is not taken whole.
    if (!pack.oids.every((oid) => wanted.has(oid))) continue;
    for (const oid of pack.oids) wanted.delete(oid);
    sources.push({ count: pack.oids.length, chunks: readPack(pack.file) });
  }
  if (wanted.size > 0) sources.push({ count: wanted.size, chunks: packSome(stage, [...wanted], like) });
  return sources;
}

/** Opens the file only when its turn comes. */
async function* readPack(file: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of createReadStream(file, { highWaterMark: 512 * 1024 })) yield chunk as Uint8Array;
}

async function packsOfStage(stage: Stage) {
  const dir = path.join(stage.repository, 'objects', 'pack');
  const indexes = (await readdir(dir)).filter((name) => name.endsWith('.idx'));
  return Promise.all(
    indexes.sort().map(async (name) => {
      const objects = idxObjects(await readFile(path.join(dir, name))) ?? [];
      return {
        file: path.join(dir, name.replace(/\.idx$/, '.pack')),
        oids: objects.map((object) => object.oid),
      };
    }),
  );
}

async function* packSome(stage: Stage, oids: readonly string[], like: GitCall): AsyncGenerator<Uint8Array> {
  const settings = { 'pack.compression': '1', 'pack.window': '0' };
  const scope = { home: like.scope.home, repository: stage.repository, settings };
  const call = {
    ...like,
    scope,
    where: `the staging area ${stage.repository}`,
    args: ['pack-objects', '--stdout', '-q'],
  };
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
