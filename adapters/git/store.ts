// What every operation on one bare repository needs to know.
import path from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { GitCall } from './process.js';

export interface GitStore {
  readonly name: string;
  /** The bare repository. */
  readonly path: string;
  readonly branch: string;
  /** Private HOME of git's processes. */
  readonly gitHome: string;
}

/** A git command on the store, ready to run. */
export function callOn(store: GitStore, args: readonly string[], signal?: CancelSignal): GitCall {
  const scope = { home: store.gitHome, repository: store.path };
  return { scope, args, where: `destination "${store.name}" (${store.path})`, signal };
}

export function branchRef(store: GitStore): string {
  return `refs/heads/${store.branch}`;
}

export function packDirectory(store: GitStore): string {
  return path.join(store.path, 'objects', 'pack');
}

/** Our own corner inside the repository; git does not look there. */
export function ownDirectory(store: GitStore): string {
  return path.join(store.path, 'nxs');
}
