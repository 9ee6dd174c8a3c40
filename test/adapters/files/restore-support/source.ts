// A source of real bytes: one file per object id in a directory.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, lstat, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlobRead } from '../../../../domain/backup/ports.js';
import type { RestoreFile } from '../../../../adapters/files/restore-files.js';
import type { RestoreSource } from '../../../../adapters/files/restore-stage.js';

export function directorySource(dir: string): RestoreSource {
  return {
    async *read(objects, signal): AsyncGenerator<BlobRead> {
      for (const { oid } of objects) {
        signal?.throwIfAborted();
        const path = join(dir, oid);
        const there = await access(path).then(
          () => true,
          () => false,
        );
        if (there) yield { oid, chunks: createReadStream(path) };
        else yield { oid, problem: 'missing', reason: 'the object is gone' };
      }
    },
  };
}

/** Writes each content as an object and returns the files of a backup. */
export async function makeBackup(
  dir: string,
  contents: Readonly<Record<string, string | Buffer>>,
): Promise<RestoreFile[]> {
  await mkdir(dir, { recursive: true });
  return Promise.all(
    Object.entries(contents).map(async ([path, content]) => {
      const bytes = Buffer.from(content as string);
      const oid = createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      await writeFile(join(dir, oid), bytes);
      return { path, oid, sha256: sha256(bytes), size: bytes.length, mode: '100644' as const };
    }),
  );
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Every file below a directory (but the spare of a lock whose owner was killed), as path -> bytes in Latin-1 (one character a byte). */
export async function treeOf(dir: string): Promise<Record<string, string>> {
  const tree: Record<string, string> = {};
  // Not entry.parentPath: Node 20.3 does not have it.
  for (const name of await readdir(dir, { recursive: true })) {
    const path = join(dir, name);
    if (/^\.nxs-restore\.lock\..*\.tmp$/.test(name)) continue;
    if ((await lstat(path)).isFile()) tree[name] = (await readFile(path)).toString('latin1');
  }
  return tree;
}
