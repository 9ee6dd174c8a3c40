// A link is followed in one case only: to a regular file inside the data directory. Everything else could pull
// foreign files (keys, other homes) into a backup, or walk in circles.
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errnoOf, errorMessage } from '../../domain/errors.js';
import type { ScanEntry } from './scan-entry.js';
import { statLine } from './stat-key.js';

/** What a symbolic link at `where` counts as; `root` must be a real path. Never throws for the link's own faults. */
export async function scanLink(
  root: string,
  where: { readonly path: string; readonly absolute: string },
): Promise<ScanEntry> {
  try {
    const targetAbsolute = await realpath(where.absolute);
    const target = path.relative(root, targetAbsolute);
    if (target === '' || target.startsWith(`..${path.sep}`) || target === '..' || path.isAbsolute(target)) {
      return {
        kind: 'other',
        ...where,
        reason: 'it is a symbolic link that leads out of the data directory',
      };
    }
    const stats = await stat(targetAbsolute, { bigint: true });
    if (!stats.isFile())
      return { kind: 'other', ...where, reason: 'it is a symbolic link to something that is no file' };
    const size = Number(stats.size);
    const mode = Number(stats.mode);
    return { kind: 'link', ...where, target, targetAbsolute, size, mode, stat: statLine(stats) };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT')
      return { kind: 'other', ...where, reason: 'it is a symbolic link to nothing' };
    if (errnoOf(error) === 'ELOOP')
      return { kind: 'other', ...where, reason: 'it is a symbolic link in a circle' };
    return { kind: 'unreadable', ...where, errno: errnoOf(error) ?? 'EIO', reason: errorMessage(error) };
  }
}
