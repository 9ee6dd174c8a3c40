// `cat-file --batch-check`: what the destination's own index says. It looks at no content.
import type { CancelSignal } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { collectGit } from './process.js';
import { type GitStore, callOn } from './store.js';

export interface KnownObject {
  readonly oid: string;
  readonly type: string;
}

/** For each name (an object id or a revision) the object, or null when there is none; in the order asked. */
export async function checkObjects(
  store: GitStore,
  names: readonly string[],
  signal?: CancelSignal,
): Promise<readonly (KnownObject | null)[]> {
  if (names.length === 0) return [];
  if (names.some((name) => name.includes('\n'))) {
    throw new NxsError('USAGE', 'A revision cannot contain a line break.');
  }
  const call = callOn(store, ['cat-file', '--batch-check=%(objectname) %(objecttype)', '--buffer'], signal);
  const lines = (await collectGit(call, names.map((name) => `${name}\n`).join('')))
    .toString('utf8')
    .split('\n');
  return names.map((_name, index) => {
    const match = /^([0-9a-f]{40}) (commit|tree|blob|tag)$/.exec(lines[index] ?? '');
    return match?.[1] === undefined || match[2] === undefined ? null : { oid: match[1], type: match[2] };
  });
}
