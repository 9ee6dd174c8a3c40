// What differs between two sets of files, told by their hashes; contents are nobody's business here.
import { comparePaths } from '../paths.js';
import type { StagedFile } from './entry.js';
import { plural } from './record.js';

export type Known = Pick<StagedFile, 'local' | 'sha256' | 'size' | 'mode'>;

export interface FileChange {
  /** Path in the data directory. */
  readonly path: string;
  readonly change: 'added' | 'changed' | 'removed';
  /** Bytes; null where the file is not. */
  readonly before: number | null;
  readonly after: number | null;
}

export interface ChangeCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** In byte order of the path. Another executable bit is a change. */
export function differences(before: readonly Known[], after: readonly Known[]): readonly FileChange[] {
  const old = new Map(before.map((file) => [file.local, file]));
  const changes: FileChange[] = [];
  for (const { local: path, sha256, size, mode } of after) {
    const was = old.get(path);
    old.delete(path);
    if (was === undefined) changes.push({ path, change: 'added', before: null, after: size });
    else if (was.sha256 !== sha256 || was.mode !== mode)
      changes.push({ path, change: 'changed', before: was.size, after: size });
  }
  for (const { local: path, size } of old.values())
    changes.push({ path, change: 'removed', before: size, after: null });
  return changes.sort((a, b) => comparePaths(a.path, b.path));
}

export function countChanges(changes: readonly Pick<FileChange, 'change'>[]): ChangeCounts {
  const counts = { added: 0, changed: 0, removed: 0 };
  for (const { change } of changes) counts[change] += 1;
  return counts;
}

/** "2 files added, 1 changed"; "no file changed". */
export function describeChanges(counts: ChangeCounts): string {
  const parts = (['added', 'changed', 'removed'] as const).filter((key) => counts[key] > 0);
  if (parts.length === 0) return 'no file changed';
  return parts
    .map((key, index) => `${index === 0 ? plural(counts[key], 'file') : counts[key]} ${key}`)
    .join(', ');
}
