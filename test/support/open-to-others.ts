// What of a directory somebody else on the machine could read, if he got past the directory itself.
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The user's own files, as they were, in directories that are closed: an undo gives them back with their modes. */
const KEPT = /^(undo\/[^/]+\/files|sync\/backups\/[^/]+)\/./;

/** `mode path` of all that is open to group or others below `root`, the root as `.`; sockets and links have no modes of their own. */
export function openToOthers(root: string): readonly string[] {
  const found: string[] = [];
  const look = (path: string): void => {
    const at = join(root, path);
    const stats = lstatSync(at, { throwIfNoEntry: false });
    if (stats === undefined || stats.isSymbolicLink() || stats.isSocket()) return;
    if ((stats.mode & 0o077) !== 0 && !KEPT.test(path))
      found.push(`${(stats.mode & 0o777).toString(8)} ${path}`);
    if (stats.isDirectory())
      for (const name of readdirSync(at)) look(path === '.' ? name : `${path}/${name}`);
  };
  look('.');
  return found;
}
