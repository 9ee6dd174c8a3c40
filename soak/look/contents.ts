// Where ids may lie: files, what was replaced, and every blob of the hub and of each node's own copy, read by git alone.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { tryGit } from '../../drill/backup/plain-git.js';
import { idsIn, type Tree } from '../checks/content.js';
import type { SoakNode } from '../world/node.js';

/** All files below a directory that can be read now; what goes away meanwhile is left out. */
async function filesBelow(dir: string): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path).catch(() => null);
    if (bytes !== null) files.set(relative(dir, path), bytes);
  }
  return files;
}

/** Remembers the blobs that it has read: they never change. */
export interface History {
  /** Ids in everything that is reachable from any ref of these repositories. */
  ids(): Promise<ReadonlySet<string>>;
  /** Object ids of blobs and more that were reachable when last looked at. */
  holds(repository: string, oid: string): Promise<boolean>;
}

export function openHistory(repositories: readonly string[]): History {
  const known = new Map<string, readonly string[]>();

  async function reachable(repository: string): Promise<readonly string[]> {
    const { code, stdout } = await tryGit(repository, [
      'rev-list',
      '--objects',
      '--all',
      '--no-object-names',
    ]);
    return code === 0
      ? stdout
          .toString('utf8')
          .split('\n')
          .filter((each) => each !== '')
      : [];
  }

  async function read(repository: string, oids: readonly string[]): Promise<void> {
    if (oids.length === 0) return;
    const { stdout } = await tryGit(repository, ['cat-file', '--batch'], { input: `${oids.join('\n')}\n` });
    for (let at = 0; at < stdout.length;) {
      const line = stdout.indexOf(10, at);
      if (line < 0) return;
      const [oid = '', type = '', size = '0'] = stdout.toString('latin1', at, line).split(' ');
      const end = line + 1 + Number(size);
      if (type !== 'missing')
        known.set(oid, type === 'blob' ? idsIn(stdout.toString('latin1', line + 1, end)) : []);
      at = type === 'missing' ? line + 1 : end + 1;
    }
  }

  return {
    async ids() {
      const found = new Set<string>();
      for (const repository of repositories) {
        const oids = await reachable(repository);
        await read(
          repository,
          oids.filter((oid) => !known.has(oid)),
        );
        for (const oid of oids) for (const id of known.get(oid) ?? []) found.add(id);
      }
      return found;
    },
    holds: async (repository, oid) => (await reachable(repository)).includes(oid),
  };
}

/** A node's own copy of the hub, with what the hub does not have yet. */
export function copyOf({ plane }: SoakNode): string {
  return join(plane.stateDir, 'sync', 'repo.git');
}

/** Ids in files: those that are there, and those that were replaced. */
export async function idsInFiles({ plane }: SoakNode): Promise<ReadonlySet<string>> {
  const places = [plane.dataDir, join(plane.stateDir, 'sync', 'backups'), join(plane.stateDir, 'undo')];
  const found = new Set<string>();
  for (const place of places)
    for (const bytes of (await filesBelow(place)).values())
      for (const id of idsIn(bytes.toString('latin1'))) found.add(id);
  return found;
}

/** What both nodes share, by path; the value is a hash of the bytes. */
export async function sharedTree({ plane }: SoakNode): Promise<Tree> {
  const files = [...(await filesBelow(plane.dataDir))].filter(
    ([path]) => !path.startsWith('.nxs') && !path.startsWith('stable/'),
  );
  return new Map(files.map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]));
}
