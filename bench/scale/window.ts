// A fleet of whole nodes on one server and one hub, left alone for some minutes: what it really takes.
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs, memoryMb, writtenBytes } from '../measure/process-facts.js';
import { startEngine, startNode, type FleetNode } from '../subjects/fleet.js';
import { startHttpHub } from '../subjects/http-hub.js';
import type { Scratch } from '../subjects/scratch.js';
import { readEngine } from './engine-rows.js';
import { gained, type Gain } from './gained.js';
import { actionsOf } from './read-histories.js';
import { BEAT, between, readSdk, total } from './sdk-counts.js';
import { SCHEDULED, type RunKind } from './model.js';

export interface FleetWindow {
  readonly nodes: number;
  readonly seconds: number;
  /** By what the model calls them. */
  readonly runs: Readonly<Partial<Record<RunKind, number>>>;
  readonly events: number;
  readonly rows: number;
  readonly actions: number;
  readonly beats: number;
  readonly requests: number;
  readonly polls: number;
  /** Requests by operation, for a person who asks what they are. */
  readonly operations: ReadonlyMap<string, number>;
  readonly hubReads: number;
  /** Shares of a core. */
  readonly cores: { readonly server: number; readonly worker: number; readonly supervisor: number };
  /** MB, mean of a node; of the server. */
  readonly memory: { readonly node: number; readonly server: number };
  /** That the server had the disk write. */
  readonly written: number;
  readonly fileBytes: number;
}

/** Starting at a time: more would only wait for the two cores. */
const ABREAST = 3;
const SETTLE_MS = 20_000;
/** Sync fires on multiples of this, ms, spread over a tenth of it: a window begins and ends between two. */
const BEAT_OF_SYNC = 300_000;
const CLEAR_AFTER = 50_000;
const CLEAR_BEFORE = 15_000;

export async function fleetWindow(
  scratch: Scratch,
  provider: string,
  options: { readonly nodes: number; readonly minutes: number; readonly say: (line: string) => void },
): Promise<FleetWindow> {
  const { say } = options;
  // Each of them wants to be ended with us.
  process.setMaxListeners(process.getMaxListeners() + options.nodes);
  const [engine, hub] = [await startEngine(scratch), await startHttpHub(scratch)];
  const nodes: FleetNode[] = [];
  try {
    const names = Array.from({ length: options.nodes }, (_, n) => `n${String(n + 1).padStart(2, '0')}`);
    for (let at = 0; at < names.length; at += ABREAST) {
      const group = names.slice(at, at + ABREAST);
      const started = group.map((name) => startNode(scratch, { name, engine, hub: hub.url, provider }));
      nodes.push(...(await Promise.all(started)));
      say(`${nodes.length} of ${names.length} nodes are up`);
    }
    await sleep(SETTLE_MS);
    await betweenFirings();
    const processes = () => ({
      server: cpuMs(engine.pid) ?? Number.NaN,
      worker: sum(nodes, ({ pids }) => cpuMs(pids.worker) ?? Number.NaN),
      supervisor: sum(nodes, ({ pids }) => cpuMs(pids.supervisor) ?? Number.NaN),
      written: writtenBytes(engine.pid),
    });
    const sdk = await readSdk(nodes, 1);
    const before = readEngine(scratch, engine.database, engine.pid);
    const [began, used, reads] = [performance.now(), processes(), (await hub.counts()).reads];
    say(`the window of ${options.minutes} min is open`);
    await sleep(options.minutes * 60_000);
    const [seconds, now] = [(performance.now() - began) / 1000, processes()];
    const hubReads = (await hub.counts()).reads - reads;
    const after = readEngine(scratch, engine.database, engine.pid);
    const later = await readSdk(nodes, 2);
    const gains = gained(before, after);
    const runs = runsIn(gains);
    const asked = between(sdk, later);
    const beats = asked.get(BEAT) ?? 0;
    const share = (of: keyof ReturnType<typeof processes>) => (now[of] - used[of]) / (seconds * 1000);
    const inRuns = await actionsOf(engine, before, after);
    return {
      nodes: nodes.length,
      seconds,
      runs,
      events: sum([...gains.values()], ({ events }) => events),
      rows: after.rows - before.rows,
      actions: inRuns + beats,
      beats,
      requests: total(asked),
      polls: total(later.polls),
      operations: asked,
      hubReads,
      cores: { server: share('server'), worker: share('worker'), supervisor: share('supervisor') },
      memory: {
        node:
          sum(
            nodes,
            ({ pids }) => (memoryMb(pids.worker)?.now ?? 0) + (memoryMb(pids.supervisor)?.now ?? 0),
          ) / nodes.length,
        server: memoryMb(engine.pid)?.now ?? Number.NaN,
      },
      written: now.written - used.written,
      fileBytes: after.fileBytes - before.fileBytes,
    };
  } finally {
    await Promise.all(nodes.map((node) => node.stop()));
    await engine.stop();
    await hub.stop();
  }
}

/** Waits until the last firings are over and the next ones some way off. */
async function betweenFirings(): Promise<void> {
  for (;;) {
    const phase = Date.now() % BEAT_OF_SYNC;
    if (phase > CLEAR_AFTER && phase < BEAT_OF_SYNC - CLEAR_BEFORE) return;
    await sleep(1000);
  }
}

function runsIn(gains: ReadonlyMap<string, Gain>): Partial<Record<RunKind, number>> {
  const runs: Partial<Record<RunKind, number>> = {};
  for (const kind of SCHEDULED) runs[kind] = gains.get(kind)?.runs ?? 0;
  // Nobody changes a file: what is asked for is asked for by a look at the hub.
  runs.receive = gains.get('asked:sync')?.runs ?? 0;
  return runs;
}

function sum<T>(all: readonly T[], of: (each: T) => number): number {
  return all.reduce((so, each) => so + of(each), 0);
}
