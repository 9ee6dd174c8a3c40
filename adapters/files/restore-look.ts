// The pure plan, fed with what really stands in the target.
import { planRestore, refusal } from '../../domain/restore/plan.js';
import type { Operation, PlannedOperation } from '../../domain/restore/plan.js';
import { comparePaths } from '../../domain/paths.js';
import { errnoOf } from '../../domain/errors.js';
import type { Opened } from './restore-dir.js';
import { lookAt } from './restore-present.js';
import type { Look } from './restore-present.js';
import { createWalker } from './restore-walker.js';

export interface Planned extends PlannedOperation {
  readonly look: Look;
  /** Where the device of the file's place begins, below the target. */
  readonly base: readonly string[];
}

const NOTHING: Look = { present: { kind: 'absent' }, stamp: null, uid: 0, gid: 0 };

/** Looks at every safe path and decides. A target that is not there is an empty one. Changes nothing. */
export async function planTarget(
  operations: readonly Operation[],
  target: string,
): Promise<readonly Planned[]> {
  const files = new Set(operations.filter(({ want }) => want !== null).map(({ path }) => path));
  const looks = new Map<string, { look: Look; base: readonly string[] }>();
  const walker = createWalker(target, false);
  try {
    for (const { path } of [...operations].sort((left, right) => comparePaths(left.path, right.path))) {
      if (refusal(path, files) !== null) continue;
      const parent = await parentOf(walker.parentOf(path));
      looks.set(path, {
        look: await lookAt(parent, path),
        base: parent.state === 'blocked' ? [] : parent.base,
      });
    }
  } finally {
    await walker.close();
  }
  const plan = planRestore(operations, (path) => looks.get(path)?.look.present ?? NOTHING.present);
  return plan.operations.map((one) => ({
    ...one,
    ...(looks.get(one.operation.path) ?? { look: NOTHING, base: [] }),
  }));
}

async function parentOf(opening: Promise<Opened>): Promise<Opened> {
  try {
    return await opening;
  } catch (error) {
    const code = errnoOf(error);
    if (code === 'ENOENT') return { state: 'absent', base: [] };
    return { state: 'blocked', reason: `the target directory cannot be entered (${code ?? String(error)})` };
  }
}
