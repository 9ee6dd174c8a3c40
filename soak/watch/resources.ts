// Memory, open files and threads of the long-lived processes, sample by sample.
import { processProblems, type ProcessSeen } from '../checks/machine.js';
import { trendOf, trendProblems, type Bound, type Point, type Trend } from '../checks/trend.js';
import { handlesOf, lookAtProcesses, sampleOf, type Sample } from '../look/processes.js';
import { nodesOf, type Scene } from './scene.js';

type Role = ProcessSeen['role'];

export interface ResourceRow {
  readonly node: string;
  readonly role: Role;
  readonly pid: number;
  /** ms that it was seen. */
  readonly age: number;
  /** null: too young for a trend. Memory in MB. */
  readonly rss: Trend | null;
  readonly handles: Trend | null;
  readonly threads: Trend | null;
  /** Whether its trend was judged. */
  readonly judged: boolean;
}

export interface ResourceWatch {
  sample(): Promise<void>;
  /** Doubles, zombies, orphans. */
  look(): Promise<void>;
  /** Judges the trends, once at the end. */
  judge(): readonly ResourceRow[];
}

/** What a process does in its first minutes is warming up. */
const WARM_UP_MS = 4 * 60_000;
/** A trend over less than this says nothing. */
const LEAST_SPAN_MS = 6 * 60_000;
/** A process that is odd for so long is not on its way out, ms. */
const PATIENCE_MS = 25_000;
const MB = 1024 * 1024;

/** Growth over the judged span that is none. Temporal is not ours, and keeps its histories in memory: it has a ceiling only. */
const BOUNDS: Readonly<Partial<Record<Role, Readonly<Record<keyof Sample, Omit<Bound, 'what'>>>>>> = {
  supervisor: {
    rss: { growth: 30, max: 500 },
    handles: { growth: 8, max: 300 },
    threads: { growth: 3, max: 60 },
  },
  worker: {
    rss: { growth: 60, max: 900 },
    handles: { growth: 8, max: 300 },
    threads: { growth: 4, max: 80 },
  },
  engine: {
    rss: { growth: 400, max: 1_500 },
    handles: { growth: 30, max: 500 },
    threads: { growth: 12, max: 120 },
  },
};

interface Life {
  readonly node: string;
  readonly role: Role;
  readonly pid: number;
  readonly samples: { readonly at: number; readonly sample: Sample }[];
}

export function watchResources(scene: Scene): ResourceWatch {
  const lives = new Map<number, Life>();
  const firstSeen = new Map<string, number>();
  const told = new Set<number>();

  async function all(): Promise<readonly ProcessSeen[]> {
    return lookAtProcesses(nodesOf(scene));
  }

  return {
    async sample() {
      const now = Date.now();
      for (const { pid, node, role } of await all()) {
        if (BOUNDS[role] === undefined) continue;
        const sample = await sampleOf(pid);
        if (sample === null) continue;
        const life = lives.get(pid) ?? { node, role, pid, samples: [] };
        lives.set(pid, life);
        life.samples.push({ at: now, sample });
        const { max } = BOUNDS[role].handles;
        if (sample.handles <= max || told.has(pid)) continue;
        told.add(pid);
        const evidence = `${role} of ${node}: ${await handlesOf(pid)}`;
        scene.court.check('handles', [{ what: `more than ${String(max)} open files`, evidence }]);
      }
    },
    async look() {
      const now = Date.now();
      const seen = await all();
      const keys = new Set(seen.map((each) => keyOf(each)));
      for (const key of firstSeen.keys()) if (!keys.has(key)) firstSeen.delete(key);
      for (const key of keys) if (!firstSeen.has(key)) firstSeen.set(key, now);
      const patient = new Set(
        seen.filter((each) => now - (firstSeen.get(keyOf(each)) ?? now) > PATIENCE_MS).map(({ pid }) => pid),
      );
      scene.court.check('processes', processProblems(seen, patient));
    },
    judge() {
      return [...lives.values()]
        .filter(({ samples }) => samples.length > 0)
        .map((life) => {
          const row = rowOf(life);
          if (row.judged) judgeRow(scene, row);
          return row;
        });
    },
  };
}

/** A process that changes its state or loses its parent begins anew. */
function keyOf({ pid, state, parent }: ProcessSeen): string {
  return `${String(pid)} ${state === 'Z' ? 'Z' : ''} ${parent === 1 ? 'orphan' : ''}`;
}

function rowOf({ node, role, pid, samples }: Life): ResourceRow {
  const [first, last] = [samples[0]?.at ?? 0, samples.at(-1)?.at ?? 0];
  const warm = samples.filter(({ at }) => at - first >= WARM_UP_MS);
  const trend = (value: (sample: Sample) => number) =>
    trendOf(warm.map(({ at, sample }): Point => ({ at, value: value(sample) })));
  return {
    ...{ node, role, pid, age: last - first },
    rss: trend(({ rss }) => rss / MB),
    handles: trend(({ handles }) => handles),
    threads: trend(({ threads }) => threads),
    judged: last - first - WARM_UP_MS >= LEAST_SPAN_MS,
  };
}

function judgeRow({ court }: Scene, row: ResourceRow): void {
  const bounds = BOUNDS[row.role];
  if (bounds === undefined) return;
  for (const [key, invariant, unit] of [
    ['rss', 'memory', 'memory (MB)'],
    ['handles', 'handles', 'open files'],
    ['threads', 'handles', 'threads'],
  ] as const) {
    const trend = row[key];
    if (trend === null) continue;
    const what = `${unit} of the ${row.role} of ${row.node}`;
    court.check(invariant, trendProblems(trend, { what, ...bounds[key] }));
  }
}
