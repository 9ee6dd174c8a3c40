// The git destination: a bare repository on this machine behind the backup port.
import { rename } from 'node:fs/promises';
import path from 'node:path';
import type { Destination } from '../../domain/backup/ports.js';
import { sharesDisk, storeAccess } from './access.js';
import { syncDirectory } from '../files/atomic-write.js';
import { storeFailure } from './failure.js';
import { healStore } from './heal.js';
import { lackedObjects, listFiles, readHead } from './list.js';
import { prepareStore } from './prepare.js';
import { publishChange } from './publish.js';
import { readBlobs } from './read-back.js';
import { listRevisions, resolveRevision } from './revisions.js';
import { type GitStore, callOn } from './store.js';
import { storeWitness } from './witness.js';

export interface GitDestinationOptions {
  readonly name: string;
  /** Absolute path of the bare repository; made by prepare() when it does not exist. */
  readonly path: string;
  /** '' or 'some/dir/' with the trailing slash. */
  readonly prefix: string;
  readonly branch?: string;
  /** A private directory that stands in for git's HOME; made when it does not exist. */
  readonly gitHome: string;
}

export function createGitDestination(options: GitDestinationOptions): Destination {
  const { name, path: at, prefix, branch = 'main', gitHome } = options;
  const store: GitStore = { name, path: path.resolve(at), branch, gitHome };
  return {
    name,
    kind: 'git',
    location: store.path,
    prefix,
    branch,
    exposed: false,
    largest: null,
    lineage: null,
    recover: null,
    access: (dataDir) => storeAccess(store, dataDir),
    sharesDisk: (dataDir) => sharesDisk(store.path, dataDir),
    prepare: () => prepareStore(store),
    head: () => readHead(store),
    list: (commit) => listFiles(store, commit),
    lacks: (oids) => lackedObjects(store, oids),
    read: (objects, signal) => readBlobs(store, objects, signal),
    publish: (change, stage, signal) => publishChange(store, change, stage, signal),
    async heal({ oids }, stage, signal) {
      return { note: await healStore(store, oids, stage, signal), commit: null, fallback: 0 };
    },
    setAside: (stamp) => setAside(store, stamp),
    effort: null,
    waiting: () => Promise.resolve(null),
    witness: () => storeWitness(store),
    revisions: (limit) => listRevisions(store, limit),
    resolve: (revision) => resolveRevision(store, revision),
  };
}

/** Moves the store away under a name that tells when, and puts an empty one in its place. */
async function setAside(store: GitStore, stamp: string): Promise<string> {
  const aside = `${store.path}.damaged-${stamp.replace(/[^0-9A-Za-z]+/g, '-')}`;
  try {
    await rename(store.path, aside);
    await syncDirectory(path.dirname(store.path));
  } catch (error) {
    throw storeFailure(callOn(store, []).where, error);
  }
  await prepareStore(store);
  return aside;
}
