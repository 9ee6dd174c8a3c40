// Which files of a backup a person asked for. A name that matches nothing is said, never passed over: a typing
// error must not look like a restore.
import picomatch from 'picomatch';

export interface Selection<T> {
  readonly chosen: readonly T[];
  /** Names that match no file of the backup. */
  readonly unmatched: readonly string[];
}

/**
 * Picks files by exact path, by directory (with or without the last slash), or by glob (`memory/**`, `*.md`;
 * a glob also matches names that begin with a dot). A name that exists as it stands is never taken for a
 * glob. No names = all files.
 */
export function selectWanted<T extends { readonly path: string }>(
  files: readonly T[],
  wanted: readonly string[],
): Selection<T> {
  if (wanted.length === 0) return { chosen: files, unmatched: [] };
  const chosen = new Set<T>();
  const unmatched: string[] = [];
  for (const name of wanted) {
    const found = matching(files, name);
    if (found.length === 0) unmatched.push(name);
    for (const file of found) chosen.add(file);
  }
  return { chosen: files.filter((file) => chosen.has(file)), unmatched };
}

function matching<T extends { readonly path: string }>(files: readonly T[], name: string): readonly T[] {
  const plain = name.replace(/^(\.\/)+/, '').replace(/\/+$/, '');
  if (plain === '' || plain === '.') return files;
  const literal = files.filter(({ path }) => path === plain || path.startsWith(`${plain}/`));
  if (literal.length > 0) return literal;
  const matches = picomatch(plain, { dot: true, nonegate: true });
  return files.filter(({ path }) => matches(path));
}
