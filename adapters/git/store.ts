// What every operation on one bare repository needs to know.
import path from 'node:path';
import type { CancelSignal } from '../../domain/backup/ports.js';
import type { GitScope } from './environment.js';
import type { GitCall } from './process.js';

export interface GitStore {
  readonly name: string;
  /** The bare repository. */
  readonly path: string;
  readonly branch: string;
  /** Private HOME of git's processes. */
  readonly gitHome: string;
  /** The place in errors; left out: `destination "NAME" (PATH)`. */
  readonly where?: string;
  /** What git's processes get beside the usual. */
  readonly scope?: Pick<GitScope, 'settings' | 'variables'>;
}

/** A git command on the store, ready to run. */
export function callOn(store: GitStore, args: readonly string[], signal?: CancelSignal): GitCall {
  const scope = { ...store.scope, home: store.gitHome, repository: store.path };
  return { scope, args, where: placeOf(store), signal };
}

/** The store as a person knows it. */
function placeOf(store: GitStore): string {
  return store.where ?? `destination "${store.name}" (${store.path})`;
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
