// The tools of one group. `const kit = await openKit({ name: 'backup' })` is all that trying a group by hand needs; then
// `group.open(kit)`, and `await kit.close()` at the end, which ends every process and removes every file.
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveProgram } from '../adapters/temporal/binary.js';
import { freePort } from './kit/free-port.js';
import { startPlane, type DrillPlane } from './kit/plane.js';
import { openProcesses } from './kit/processes.js';
import { randomOf } from './kit/random.js';
import { homeDirs, surroundings } from './kit/surroundings.js';
import { until } from './kit/until.js';
import type { Kit } from './scenario.js';

export interface KitOptions {
  /** Of the group; a directory name. */
  readonly name: string;
  /** The drill's scratch directory; one of the kit's own when left out. */
  readonly root?: string;
  /** Temporal's program; looked for when left out. */
  readonly program?: string;
  readonly broken?: boolean;
  readonly seed?: number;
  readonly say?: (line: string) => void;
}

export interface OpenKit extends Kit {
  /** Those that were started, also of a group that failed to open. */
  planes(): readonly DrillPlane[];
  /** Ends everything of this group at once; removes the scratch directory if it is the kit's own. */
  close(): Promise<void>;
  /** Ends it without waiting, for the way out of this process. */
  kill(): void;
}

/** Throws NxsError ENGINE_UNAVAILABLE when Temporal's program is nowhere. */
export async function openKit(options: KitOptions): Promise<OpenKit> {
  const { name, broken = false, seed = 1, say = () => undefined } = options;
  const root = options.root ?? (await makeScratch());
  const dir = join(root, name);
  for (const each of [dir, ...homeDirs(dir)]) await mkdir(each, { recursive: true, mode: 0o700 });
  const program = options.program ?? (await resolveProgram()).path;
  const planes: DrillPlane[] = [];
  const processes = openProcesses(dir);
  return {
    dir,
    broken,
    random: randomOf(seed, name),
    say,
    async plane(wanted) {
      const plane = await startPlane({ dir: join(dir, `plane-${wanted.node}`), processes, program }, wanted);
      planes.push(plane);
      return plane;
    },
    spawn: (child, command, env = {}) =>
      processes.spawn({
        command,
        env: { ...surroundings(dir), ...env },
        log: join(dir, 'logs', `${child}.log`),
        cwd: dir,
      }),
    port: freePort,
    until,
    planes: () => planes,
    async close() {
      await Promise.all(planes.map((plane) => plane.kill()));
      await processes.end();
      if (options.root === undefined) await rm(root, { recursive: true, force: true, maxRetries: 10 });
    },
    kill: processes.kill,
  };
}

/** Owner-only. */
export function makeScratch(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'nxs-drill-'));
}
