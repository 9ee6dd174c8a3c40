// What one run of each kind costs Temporal: two nodes on a server of their own, the first with every schedule that can be made to fire
// each minute, the second beside it to receive what the first publishes and to show what idling costs.
import { appendFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scheduleId } from '../../domain/ids.js';
import { startEngine, startNode, type Engine, type FleetNode } from '../subjects/fleet.js';
import { startHttpHub, type HttpHub } from '../subjects/http-hub.js';
import type { Scratch } from '../subjects/scratch.js';
import type { Counted } from './actions.js';
import { readEngine, type EngineRows } from './engine-rows.js';
import { gained, kindOf, type Gain } from './gained.js';
import { ASKED, RUNS, SCHEDULED, type NodeCost, type RunCost, type RunKind } from './model.js';
import { begun, FIRING, readCounted } from './read-histories.js';
import { BEAT, between, readSdk, total, type SdkCounts } from './sdk-counts.js';

export interface Units {
  readonly cost: Omit<NodeCost, 'github'>;
  /** Runs that each cost is the mean of. */
  readonly runs: Readonly<Record<RunKind, number>>;
}

export interface UnitBench {
  /** Measures until `ends` (ms since the epoch). */
  measure(ends: number): Promise<Units>;
  stop(): Promise<void>;
}

const BUSY = 'ua';
const QUIET = 'ub';
/** Their intervals cannot be a minute, so they are asked for. */
const TRIGGERED = ['backup-hourly', 'restore-drill'] as const;
/** Between two changes, ms: the other node has looked at the hub in between. */
const CHANGE_MS = 20_000;
const SETTLE_MS = 20_000;
/** Histories that are read of each kind. */
const READ = 5;

export async function openUnits(scratch: Scratch, provider: string): Promise<UnitBench> {
  const [engine, hub] = [await startEngine(scratch), await startHttpHub(scratch)];
  const common = { engine, hub: hub.url, provider };
  const backup = { every: '1m', recency_limit: '2h', verify: { every: '1m', within: '7d' } };
  const busy = await startNode(scratch, { ...common, name: BUSY, backup, sync: { interval: '1m' } });
  const quiet = await startNode(scratch, { ...common, name: QUIET, sync: { poll: '5s' } });
  return {
    measure: (ends) => measure(scratch, engine, busy, quiet, ends),
    stop: () => stopAll(engine, hub, [busy, quiet]),
  };
}

async function stopAll(engine: Engine, hub: HttpHub, nodes: readonly FleetNode[]): Promise<void> {
  await Promise.all(nodes.map((node) => node.stop()));
  await engine.stop();
  await hub.stop();
}

async function measure(
  scratch: Scratch,
  engine: Engine,
  busy: FleetNode,
  quiet: FleetNode,
  ends: number,
): Promise<Units> {
  await sleep(SETTLE_MS);
  const { client, close } = await engine.connect();
  try {
    const before = readEngine(scratch, engine.database, engine.pid);
    const sdk = await readSdk([quiet], 1);
    for (let n = 0; Date.now() < ends - CHANGE_MS - SETTLE_MS; n += 1) {
      await appendFile(path.join(busy.data, 'tasks', `${busy.name}.md`), `change ${n}\n`);
      const kind = TRIGGERED[n % TRIGGERED.length] ?? TRIGGERED[0];
      await client.schedule.getHandle(scheduleId(busy.name, kind)).trigger();
      await sleep(CHANGE_MS);
    }
    await sleep(SETTLE_MS);
    const after = readEngine(scratch, engine.database, engine.pid);
    const idle = await readSdk([quiet], 2);
    const read = async (kind: RunKind) => {
      const counted: Counted[] = [];
      for (const each of runsOf(kind, before, after).slice(0, READ))
        counted.push(await readCounted(client, each));
      return counted;
    };
    const counted = new Map<RunKind, readonly Counted[]>();
    for (const kind of RUNS) counted.set(kind, await read(kind));
    return unitsOf(before, after, counted, sdk, idle);
  } finally {
    await close();
  }
}

const isOn = (node: string) => (id: string) => id.startsWith(`nxs/${node}/`) || id.includes(`:nxs-${node}-`);
const placeOf = (kind: RunKind) => (kind === 'receive' ? QUIET : BUSY);
const nameOf = (kind: RunKind) => (kind === 'publish' || kind === 'receive' ? 'asked:sync' : kind);

function runsOf(kind: RunKind, before: EngineRows, after: EngineRows) {
  const mine = isOn(placeOf(kind));
  return begun(before, after).filter(
    ({ workflowId }) => mine(workflowId) && kindOf(workflowId) === nameOf(kind),
  );
}

function unitsOf(
  before: EngineRows,
  after: EngineRows,
  counted: ReadonlyMap<RunKind, readonly Counted[]>,
  sdk: SdkCounts,
  idle: SdkCounts,
): Units {
  const runs: Partial<Record<RunKind, RunCost>> = {};
  const numbers: Partial<Record<RunKind, number>> = {};
  for (const kind of RUNS) {
    const gains = gained(before, after, isOn(placeOf(kind)));
    const isScheduled = SCHEDULED.some((each) => each === kind);
    numbers[kind] = gains.get(nameOf(kind))?.runs ?? 0;
    runs[kind] = costOf(
      gains.get(nameOf(kind)),
      isScheduled ? gains.get(`schedule:${kind}`) : undefined,
      counted.get(kind) ?? [],
      kind,
    );
  }
  const all = runs as Record<RunKind, RunCost>;
  const seconds = (idle.at - sdk.at) / 1000;
  const asked = between(sdk, idle);
  const beats = asked.get(BEAT) ?? 0;
  const ofRuns = (gained(before, after, isOn(QUIET)).get('asked:sync')?.runs ?? 0) * all.receive.requests;
  const polls = (type: string) => idle.polls.get(type) ?? 0;
  return {
    cost: {
      runs: all,
      beats: beats / seconds,
      background: Math.max(0, total(asked) - beats - ofRuns) / seconds,
      polls: {
        workflow: polls('workflow_task') + polls('sticky_workflow_task'),
        activity: polls('activity_task'),
      },
    },
    runs: numbers as Record<RunKind, number>,
  };
}

function costOf(
  own: Gain | undefined,
  schedule: Gain | undefined,
  counted: readonly Counted[],
  kind: RunKind,
): RunCost {
  if (own === undefined || own.runs === 0 || counted.length === 0)
    throw new Error(`no run of ${kind} fell into the time`);
  const mean = (of: (each: Counted) => number) =>
    counted.reduce((sum, each) => sum + of(each), 0) / counted.length;
  const both = (of: (gain: Gain) => number) =>
    (of(own) + (schedule === undefined ? 0 : of(schedule))) / own.runs;
  const isSync = kind === 'sync' || ASKED.some((each) => each === kind);
  // Steps of a backup beat once at their start, those of sync do not (activities/index.ts).
  const beats = isSync ? 0 : mean(({ activities }) => activities);
  return {
    events: both(({ events }) => events),
    rows: both(({ rows }) => rows),
    bytes: both(({ bytes }) => bytes),
    actions: mean(({ actions }) => actions) + beats + (schedule === undefined ? 0 : FIRING),
    // A cycle that is asked for is asked for by a request.
    requests: mean(({ requests }) => requests) + beats + (schedule === undefined ? 1 : 0),
  };
}
