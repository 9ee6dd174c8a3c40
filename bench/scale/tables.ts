// What the measurement says for fleets of three sizes, as tables.
import { figure, renderGrid } from '../measure/grid.js';
import type { StepTimes } from './calibrate.js';
import { ceilings, needed, type Ceiling } from './ceilings.js';
import { dayOf, RUNS, runsADay, type Day, type NodeCost, type Rhythm, type RunKind } from './model.js';
import { atFiring, doubling, elsewhere, FIRING_MS, steady, stepsOf, type Summary } from './scenarios.js';
import type { HubCost } from '../subjects/http-hub.js';
import type { FleetWindow } from './window.js';

const LISTS = 'ListWorkflowExecutions';
const SIZES = [10, 1_000, 100_000] as const;

export function unitTable(
  cost: NodeCost,
  samples: Readonly<Record<RunKind, number>>,
  rhythm: Rhythm,
): string {
  const often = runsADay({ nodes: SIZES[0], rhythm });
  return renderGrid(
    'one run of each kind, with the firing of its schedule (mean of so many runs)',
    ['kind', 'a day, node of 10', 'events', 'actions', 'rows kept', 'bytes kept', 'requests', 'runs'],
    RUNS.map((kind) => {
      const { events, actions, rows, bytes, requests } = cost.runs[kind];
      return [kind, often[kind], events, actions, rows, bytes, requests, samples[kind]];
    }),
  );
}

const QUANTITIES: readonly (readonly [string, (day: Day) => number])[] = [
  ['runs of workflows a day', (day) => day.runs],
  ['history events a day', (day) => day.events],
  ['actions a day', (day) => day.actions],
  ['  of them heartbeats of the monitors', (day) => day.beats],
  ['database rows a day', (day) => day.rows],
  ['database rows kept', (day) => day.rowsKept],
  ['GB of history kept', (day) => day.bytesKept / 1e9],
  ['requests to Temporal a second', (day) => day.requestsPerSecond],
  ['open polls', (day) => day.polls],
  ['workflows that are always there', (day) => day.standing],
  ['reads of the hub a day', (day) => day.hubReads],
  ['pushes to the hub a day', (day) => day.hubPushes],
  ['requests to GitHub a day (backups)', (day) => day.github],
];

export function dayTable(cost: NodeCost, rhythm: Rhythm, retention: number): string {
  const days = SIZES.map((nodes) => dayOf({ nodes, cost, rhythm, retention }));
  return renderGrid(
    `a day, ${figure(rhythm.changes)} changed files on each node, one hub, ${retention} days of retention`,
    ['', ...SIZES.map((nodes) => `${figure(nodes)} nodes`)],
    QUANTITIES.map(([what, of]) => [what, ...days.map(of)]),
  );
}

export function ceilingsOf(
  cost: NodeCost,
  rhythm: Rhythm,
  retention: number,
  window: FleetWindow,
  { read, push }: HubCost,
): readonly Ceiling[] {
  const serverCores = window.cores.server / window.nodes;
  const hub = { read: read / 1000, push: push / 1000 };
  const lists = (window.operations.get(LISTS) ?? 0) / window.seconds / window.nodes;
  const nodes = SIZES[1];
  const day = dayOf({ nodes, cost, rhythm, retention });
  return ceilings({ nodes, day, cost, rhythm, serverCores, hub, lists });
}

export function ceilingTable(all: readonly Ceiling[]): string {
  return renderGrid(
    'what ends first (a node of 1,000), and how many of it 1,000 and 100,000 nodes need',
    ['one', 'limit', 'a node takes', 'ends at nodes', 'for 1,000', 'for 100,000', 'limit by'],
    all.map((each) => [
      each.one,
      `${figure(each.limit)} ${each.unit}`,
      each.perNode,
      Math.floor(each.nodes),
      needed(each, SIZES[1]),
      needed(each, SIZES[2]),
      each.source,
    ]),
  );
}

function cells({ tries, p50, p95, gaveUp, busy }: Summary): (string | number)[] {
  const seconds = (ms: number) => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : '-');
  return [
    tries.toFixed(2),
    seconds(p50),
    seconds(p95),
    `${(gaveUp * 100).toFixed(1)} %`,
    `${(busy * 100).toFixed(0)} %`,
  ];
}

/** Nodes elsewhere at one hub. */
export function contentionTable(times: StepTimes, hub: HubCost): string {
  const steps = stepsOf(times, hub);
  const fleets = [10, 50, 100, 500, 1000];
  const lines = [
    ...fleets.map((nodes) => [
      `${figure(nodes)} nodes, all with a change at a firing`,
      ...cells(atFiring(nodes, steps)),
    ]),
    ...fleets.flatMap((nodes) =>
      [1, 10, 60].map((rate) => [
        `${figure(nodes)} nodes, ${rate} changes an hour each`,
        ...cells(steady(nodes, rate, steps)),
      ]),
    ),
  ];
  return renderGrid(
    'one hub with 2 cores, nodes 40 ms away (simulated)',
    ['', 'tries', 'p50', 'p95', 'gave up', 'hub busy'],
    lines,
  );
}

/** The same 1,000 nodes, parted. */
export function splitTable(times: StepTimes, hub: HubCost): string {
  const steps = stepsOf(times, hub);
  const busy = 60;
  return renderGrid(
    '1,000 nodes, parted (simulated)',
    ['', 'tries', 'p50', 'p95', 'gave up', 'hub busy'],
    [
      [`one hub, all with a change at a firing (${FIRING_MS / 1000} s)`, ...cells(atFiring(1000, steps))],
      ['  sync every 10 min or more (60 s)', ...cells(elsewhere({ publishes: 1000, within: 60_000, steps }))],
      ['  spread over all of the 5 min', ...cells(elsewhere({ publishes: 1000, within: 300_000, steps }))],
      ['  10 hubs of 100', ...cells(atFiring(100, steps))],
      ['  20 hubs of 50', ...cells(atFiring(50, steps))],
      ['  one in ten writes', ...cells(atFiring(100, steps))],
      ['  pauses that double', ...cells(atFiring(1000, steps, { pause: doubling }))],
      ['  10 hubs of 100, pauses that double', ...cells(atFiring(100, steps, { pause: doubling }))],
      [`one hub, ${busy} changes an hour each`, ...cells(steady(1000, busy, steps))],
      ['  10 hubs of 100', ...cells(steady(100, busy, steps))],
      ['  20 hubs of 50', ...cells(steady(50, busy, steps))],
    ],
  );
}
