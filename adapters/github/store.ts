// What every operation on one branch of one repository needs to know.
import type { CancelSignal, RemoteFile } from '../../domain/backup/ports.js';
import type { GithubClient, RequestOptions } from './client.js';
import type { MemoryFile } from './memory.js';

export interface GithubStore {
  /** Name of the destination. */
  readonly name: string;
  readonly branch: string;
  /** '' or 'some/dir/'. */
  readonly prefix: string;
  readonly client: GithubClient;
  readonly memory: MemoryFile;
  /** Listings on their way or just made, by commit: what a commit holds never changes. */
  readonly listings: Map<string, Promise<Listed>>;
  /** Private HOME of git's processes, which read the stage. */
  readonly gitHome: string;
}

export interface Listed {
  readonly tree: string;
  /** In byte order of the path; links and submodules included. */
  readonly files: readonly RemoteFile[];
}

/** Octokit's `request` option of a call. */
export function asked(
  signal: CancelSignal | undefined,
  more: RequestOptions = {},
): { request: RequestOptions } {
  return { request: { ...more, ...(signal === undefined ? {} : { signal: signal as AbortSignal }) } };
}

/** Guards every address: only a full object id may stand where GitHub would also take a name. */
export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}$/.test(text);
}
