// The GitHub destination: a branch of a repository behind the backup port.
import path from 'node:path';
import type { Destination } from '../../domain/backup/ports.js';
import type { Pace } from '../../domain/backup/rate-limit.js';
import { NxsError } from '../../domain/errors.js';
import { fileNameOf } from '../../domain/ids.js';
import { repositoryAccess } from './access.js';
import { openClient, type GithubClient } from './client.js';
import { effortOf } from './effort.js';
import { statusOf } from './failure.js';
import { hasCommit, readHead, readRef } from './head.js';
import { healBlobs } from './heal.js';
import { lineageOf } from './lineage.js';
import { listCommit } from './list.js';
import { openMemory } from './memory.js';
import { publishChange } from './publish.js';
import { readBlobs } from './read.js';
import { listRevisions, resolveRevision } from './revisions.js';
import type { GithubStore } from './store.js';

export interface GithubOptions {
  readonly name: string;
  readonly owner: string;
  readonly repo: string;
  readonly branch: string;
  /** '' or 'some/dir/' with the trailing slash. */
  readonly prefix: string;
  readonly token: string;
  /** API root, `https://api.github.com` or `https://HOST/api/v3`. */
  readonly baseUrl: string;
  readonly pace: Pace;
  /** Directory of what we remember between requests. */
  readonly stateDir: string;
  /** A private directory that stands in for git's HOME: git reads the stage. */
  readonly gitHome: string;
  readonly fetch: typeof globalThis.fetch;
}

/** GitHub takes blobs to about 39 MiB as they are measured (no document says it); 35 MB is on the safe side. */
const LARGEST_BLOB = 35 * 1000 * 1000;

/** Nobody can see who touched bytes on the server: proofs stand for their seven days, by object id. */
const WITNESS = 'by-object-id';

/** What every operation on this branch needs; opens no connection. */
export function openGithubStore(options: GithubOptions): GithubStore {
  return storeOn(options, openClient(options));
}

function storeOn(options: GithubOptions, client: GithubClient): GithubStore {
  const { name, owner, repo, branch, prefix, stateDir, gitHome, baseUrl } = options;
  const key = fileNameOf([new URL(baseUrl).host, owner, repo, branch, prefix].join('_'));
  return {
    name,
    branch,
    prefix,
    client,
    memory: openMemory(path.join(stateDir, `branch-${key}.json`)),
    listings: new Map(),
    gitHome,
  };
}

export function createGithubDestination(options: GithubOptions): Destination {
  return destinationOn(options, openClient(options));
}

function destinationOn(options: GithubOptions, client: GithubClient): Destination {
  const store = storeOn(options, client);
  const { name, branch, prefix } = store;
  return {
    name,
    kind: 'github',
    location: client.where,
    prefix,
    branch,
    exposed: true,
    largest: LARGEST_BLOB,
    access: () => repositoryAccess(store),
    sharesDisk: () => Promise.resolve(false),
    prepare: () => Promise.resolve(),
    head: () => readHead(store),
    list: async (commit) => (await listCommit(store, commit)).files,
    // It has no index that could be asked for many at once.
    lacks: (oids) => Promise.resolve(oids),
    read: (objects, signal, commit) => readBlobs(store, objects, signal, commit),
    publish: (change, stage, signal) => publishChange(store, change, stage, signal),
    heal: (healing, stage, signal) => healBlobs(store, healing, stage, signal),
    setAside: () =>
      Promise.reject(
        new NxsError(
          'DESTINATION_UNREADABLE',
          `${client.where}: the branch ${branch} cannot be read and cannot be moved aside; name another branch.`,
        ),
      ),
    lineage: (recorded) => lineageOf(store, recorded),
    async recover(other, commit) {
      const there = { ...options, branch: other };
      await beginAt(storeOn(there, client), commit);
      return destinationOn(there, client);
    },
    effort: (load, stage, signal) => effortOf(store, load, stage, signal),
    waiting: () => client.waiting(),
    witness: () => Promise.resolve(WITNESS),
    revisions: (limit) => listRevisions(store, limit),
    resolve: (at) => resolveRevision(store, at),
  };
}

/** Plants a branch at a commit, so that its history stays reachable. */
async function beginAt(store: GithubStore, commit: string | null): Promise<void> {
  if (commit === null || (await readRef(store)) !== null || !(await hasCommit(store, commit))) return;
  const { octokit, at } = store.client;
  try {
    await octokit.rest.git.createRef({ ...at, ref: `refs/heads/${store.branch}`, sha: commit });
  } catch (error) {
    if (statusOf(error) !== 422 || (await readRef(store)) === null) throw error;
  }
}
