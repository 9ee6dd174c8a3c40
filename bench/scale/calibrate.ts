// Real sync nodes on a real bare hub, with a watch on what they say to it: how long each step takes alone, and what happens when many
// publish at once.
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { SyncPorts } from '../../activities/sync/ports.js';
import { run } from '../measure/run.js';
import { spread } from '../measure/statistics.js';
import type { Scratch } from '../subjects/scratch.js';
import { openSyncNode, type SyncSubject } from '../subjects/sync-node.js';

/** ms by performance.now(). */
interface Said {
  readonly what: 'fetch' | 'published' | 'moved';
  readonly from: number;
  readonly to: number;
}

interface WatchedNode extends SyncSubject {
  /** What it said to the hub since the last call. */
  said(): readonly Said[];
  /** Runs once, when the next fetch is over. */
  onFetched(work: () => Promise<unknown>): void;
}

/** ms that a step takes while nothing else is going on. */
export interface StepTimes {
  readonly fetch: number;
  readonly plan: number;
  readonly lost: number;
  readonly push: number;
}

export interface AtOnce {
  /** When each began to fetch, ms after the first. */
  readonly arrivals: readonly number[];
  readonly tries: readonly number[];
  /** ms from its first fetch until the hub had it. */
  readonly waits: readonly number[];
  readonly gaveUp: number;
}

async function bareHub(scratch: Scratch): Promise<string> {
  const hub = path.join(scratch.dir('hub'), 'hub.git');
  await run('git', ['init', '-q', '--bare', '-b', 'main', hub], { cwd: scratch.root, env: scratch.env });
  return hub;
}

async function watchedNode(scratch: Scratch, name: string, hub: string): Promise<WatchedNode> {
  let said: Said[] = [];
  let next: (() => Promise<unknown>) | null = null;
  const around = (ports: SyncPorts): SyncPorts => ({
    ...ports,
    hub: {
      ...ports.hub,
      async fetch(signal) {
        const from = performance.now();
        const tip = await ports.hub.fetch(signal);
        said.push({ what: 'fetch', from, to: performance.now() });
        const work = next;
        next = null;
        await work?.();
        return tip;
      },
      async publish(commit, expected, signal) {
        const from = performance.now();
        const what = await ports.hub.publish(commit, expected, signal);
        said.push({ what, from, to: performance.now() });
        return what;
      },
    },
  });
  const node = await openSyncNode(scratch, name, hub, { around });
  return {
    ...node,
    said() {
      const all = said;
      said = [];
      return all;
    },
    onFetched(work) {
      next = work;
    },
  };
}

/** A change whose stamp is at rest, so that it is taken at once. */
async function change({ data }: SyncSubject, name: string, round: number): Promise<void> {
  const file = path.join(data, 'tasks', `${name}.md`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `round ${round}\n`);
  const then = Date.now() / 1000 - 1;
  await utimes(file, then, then);
}

/** Medians. One node is overtaken between its fetch and its push, hears so, and tries again. */
export async function stepTimes(scratch: Scratch, rounds: number): Promise<StepTimes> {
  const hub = await bareHub(scratch);
  const one = await watchedNode(scratch, 'one', hub);
  const other = await watchedNode(scratch, 'other', hub);
  const times = { fetch: [], plan: [], lost: [], push: [] } as Record<keyof StepTimes, number[]>;
  for (let round = 0; round <= rounds; round += 1) {
    await change(one, 'one', round);
    one.onFetched(async () => {
      await change(other, 'other', round);
      await other.cycle();
    });
    one.said();
    await one.cycle();
    const [, lost, fetched, pushed] = one.said();
    await other.cycle();
    if (lost?.what !== 'moved' || fetched?.what !== 'fetch' || pushed?.what !== 'published')
      throw new Error('the overtaken node did not try again');
    if (round === 0) continue;
    times.lost.push(lost.to - lost.from);
    times.fetch.push(fetched.to - fetched.from);
    times.plan.push(pushed.from - fetched.to);
    times.push.push(pushed.to - pushed.from);
  }
  const median = (of: keyof StepTimes) => spread(times[of]).median;
  return { fetch: median('fetch'), plan: median('plan'), lost: median('lost'), push: median('push') };
}

/** So many nodes publish a change each at the same moment; `rounds` times, after one that does not count. */
export async function atOnce(scratch: Scratch, count: number, rounds: number): Promise<readonly AtOnce[]> {
  const hub = await bareHub(scratch);
  const nodes: WatchedNode[] = [];
  for (let n = 0; n < count; n += 1) nodes.push(await watchedNode(scratch, `n${n}`, hub));
  for (const node of nodes) await node.cycle();
  const all: AtOnce[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await Promise.all(nodes.map((node, n) => change(node, `of-${n}`, round)));
    for (const node of nodes) node.said();
    // Who gives up throws; the next cycle goes on.
    await Promise.all(nodes.map((node) => node.cycle().catch(() => null)));
    const seen = nodes.map((node) => node.said());
    if (round > 0) all.push(atOnceOf(seen));
    for (const node of nodes) await node.cycle();
    for (const node of nodes) await node.cycle();
  }
  return all;
}

function atOnceOf(seen: readonly (readonly Said[])[]): AtOnce {
  const began = seen.map((said) => said[0]?.from ?? Number.NaN);
  const first = Math.min(...began);
  const ends = seen.map((said) => said.find(({ what }) => what === 'published')?.to ?? null);
  const waits = ends.flatMap((end, n) => (end === null ? [] : [end - (began[n] ?? Number.NaN)]));
  return {
    arrivals: began.map((each) => each - first).sort((a, b) => a - b),
    tries: seen.map((said) => said.filter(({ what }) => what !== 'fetch').length),
    waits,
    gaveUp: seen.length - waits.length,
  };
}
