// The destination's own listing. It proves nothing about the bytes; read-back does.
import type { Head, RemoteFile } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { checkObjects } from './batch-check.js';
import { collectGit } from './process.js';
import { spineHeads } from './spine.js';
import { type GitStore, branchRef, callOn } from './store.js';

/** The tip of the branch, null when it does not exist yet; DESTINATION_UNREADABLE when it is there but broken. */
export async function readHead(store: GitStore): Promise<Head | null> {
  const ref = branchRef(store);
  const stored = await storedRef(store);
  if (stored === null) return null;
  // What we published ourselves is known without a process; whether it can be read, list() tells.
  const known = (await spineHeads(store)).find((head) => head.commit === stored);
  if (known !== undefined) return known;
  const [commit, tree] = await checkObjects(store, [`${ref}^{commit}`, `${ref}^{tree}`]);
  if (commit && tree) return { commit: commit.oid, tree: tree.oid };
  throw new NxsError(
    'DESTINATION_UNREADABLE',
    `Branch ${store.branch} of destination "${store.name}" (${store.path}) is there but its newest commit cannot be read.`,
  );
}

/** The raw content of the branch's ref, whatever it is; null when there is none. */
export async function storedRef(store: GitStore): Promise<string | null> {
  const loose = await readFile(path.join(store.path, branchRef(store)), 'utf8').catch(() => null);
  if (loose !== null) return loose.trim();
  const packed = await readFile(path.join(store.path, 'packed-refs'), 'utf8').catch(() => '');
  const line = packed.split('\n').find((row) => row.endsWith(` ${branchRef(store)}`));
  return line === undefined ? null : (line.split(' ')[0] ?? null);
}

/** All files of a commit, in byte order of the path. */
export async function listFiles(store: GitStore, commit: string): Promise<readonly RemoteFile[]> {
  assertCommit(commit);
  const output = await collectGit(callOn(store, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit]));
  return filesIn(output.toString('utf8'));
}

/** What `ls-tree -r -l -z` printed; rows that make no sense are passed over. */
export function filesIn(output: string): readonly RemoteFile[] {
  const files: RemoteFile[] = [];
  for (const row of output.split('\0')) {
    const match = /^(\d{6}) \w+ ([0-9a-f]{40}) +(\S+)\t([^]*)$/.exec(row);
    if (match === null) continue;
    const [, mode = '', oid = '', size = '', at = ''] = match;
    // BAD: git knows the name but not the object.
    files.push({ path: at, oid, size: /^\d+$/.test(size) ? Number(size) : null, mode });
  }
  return files;
}

/** Guards every command line: only a full object id may stand where git would also take options and ranges. */
export function assertCommit(commit: string): void {
  if (!/^[0-9a-f]{40}$/.test(commit))
    throw new NxsError('USAGE', `${JSON.stringify(commit)} is not a commit id.`);
}

/** Which of the object ids are not in the destination's index. */
export async function lackedObjects(store: GitStore, oids: readonly string[]): Promise<readonly string[]> {
  for (const oid of oids) assertCommit(oid);
  const known = await checkObjects(store, oids);
  return oids.filter((_oid, index) => known[index] === null);
}
