// Third step of a cycle: what the hub has comes into the data directory, file by file. A file that somebody changed since the
// scan is left to him; its base stays, so that the next cycle sees both changes (SYNC.md, step 11).
import type { Hold } from '../../domain/sync/model.js';
import type { Applied } from '../../domain/sync/ports.js';
import type { ApplyResult, CycleRef } from '../contracts.js';
import type { Task } from '../task.js';
import { setOrDelete } from './memory.js';
import type { SyncPorts } from './ports.js';

const NOTHING: ApplyResult = { applied: 0, raced: 0, failed: 0, detail: null };

/** Works off the last exchange. Repeating it does what is left. */
export function applyChanges(ports: SyncPorts, { cycle }: CycleRef, task: Task): Promise<ApplyResult> {
  return ports.alone(async () => {
    const { keeping, workspace, hub } = ports;
    const { memory } = await keeping.memory();
    const outcome = await keeping.outcome();
    // Of another generation: a newer cycle has planned anew.
    if (memory === null || outcome === null || outcome.generation !== memory.generation) return NOTHING;
    if (outcome.apply.length === 0 || outcome.applied !== null) return NOTHING;
    const root = await workspace.check();
    if (root.state !== 'ok')
      return { ...NOTHING, detail: 'the data directory is not the one that was joined' };
    const before = await workspace.recover();
    const wanted = new Map(outcome.apply.map((change) => [change.path, change.wanted]));
    const finished = new Set(before.filter((each) => isDone(each, wanted)).map(({ path }) => path));
    task.progress(`${outcome.apply.length} files`);
    const open = outcome.apply.filter(({ path }) => !finished.has(path));
    const results = [
      ...before.filter(({ path }) => finished.has(path)),
      ...(await workspace.apply(cycle, open, (oids) => hub.read(oids, task.signal))),
    ];
    const base = new Map(memory.base);
    const done = results.filter((each) => isDone(each, wanted));
    const pending = new Map(memory.pending);
    for (const { path } of done) {
      setOrDelete(base, path, wanted.get(path) ?? null);
      pending.delete(path);
    }
    const settled = outcome.clean && done.length === outcome.apply.length;
    await keeping.saveMemory({ ...memory, base, pending, settled });
    const raced = results.filter(({ result }) => result === 'raced').map(({ path }) => path);
    const failed = results.flatMap(failure);
    await keeping.saveOutcome({ ...outcome, applied: { done: done.length, raced, failed } });
    await workspace.settle();
    await workspace.remember();
    return {
      applied: done.length,
      raced: raced.length,
      failed: failed.length,
      detail: failed[0]?.detail ?? null,
    };
  });
}

function isDone(
  { path, result, oid }: Applied,
  wanted: ReadonlyMap<string, { readonly oid: string } | null>,
): boolean {
  const version = wanted.get(path);
  return result === 'done' && version !== undefined && (version?.oid ?? null) === oid;
}

function failure({ path, result, detail }: Applied): Hold[] {
  return result === 'failed'
    ? [{ path, reason: 'unreadable', detail: detail ?? 'it cannot be written' }]
    : [];
}
