// The stages of all runs, below one directory. A stage lives as long as its run; what a dead run left is removed by age.
import { access, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Stages } from '../../domain/backup/local-ports.js';
import { NxsError } from '../../domain/errors.js';
import { lackedObjects } from './list.js';
import { readBlobs } from './read-back.js';
import type { GitStore } from './store.js';
import { openStage, removeStage, stageFiles } from './stage.js';

/** Older than any run can be (the bulk preset's six hours, five times), so nobody can be using it. */
const STALE_MS = 48 * 3_600_000;

/** Stages below `dir`; `gitHome` is the empty HOME of git's processes. */
export function openStages(dir: string, gitHome: string): Stages {
  const handle = (run: string): { repository: string; gitHome: string } => ({
    repository: path.join(dir, `${run}.git`),
    gitHome,
  });
  const storeOf = async (run: string): Promise<GitStore | null> => {
    const { repository } = handle(run);
    if (!(await exists(repository))) return null;
    return { name: 'stage', path: repository, branch: 'main', gitHome };
  };
  return {
    async add(run, inputs, signal) {
      const stage = (await exists(handle(run).repository)) ? handle(run) : await openStage(dir, run, gitHome);
      const { staged, problems } = await stageFiles(stage, inputs, {
        signal: signal as AbortSignal | undefined,
      });
      return { staged: staged.map(({ stat: _stat, ...file }) => file), problems };
    },
    open: handle,
    async lacks(run, oids) {
      const store = await storeOf(run);
      return store === null || oids.length === 0 ? oids : lackedObjects(store, oids);
    },
    async *read(run, oids, signal) {
      if (oids.length === 0) return;
      const store = await storeOf(run);
      if (store === null) throw new NxsError('ACTIVITY_FAILED', `The stage of the run ${run} is gone.`);
      yield* readBlobs(
        store,
        oids.map((oid) => ({ oid, size: 0 })),
        signal,
      );
    },
    remove: (run) => removeStage(handle(run)),
    removeStale: () => removeStale(dir),
  };
}

async function removeStale(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => [] as string[]);
  for (const name of names) {
    const at = path.join(dir, name);
    const age = await stat(at).then(
      (stats) => Date.now() - stats.mtimeMs,
      () => 0,
    );
    if (age > STALE_MS) await rm(at, { recursive: true, force: true });
  }
}

async function exists(at: string): Promise<boolean> {
  return access(at).then(
    () => true,
    () => false,
  );
}
