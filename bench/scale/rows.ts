// Measured beside computed, as rows: what the model says of the very window that was measured, and the simulation of the very nodes that
// published at once.
import { row, type Row } from '../measure/row.js';
import type { HubCost } from '../subjects/http-hub.js';
import { seeded } from '../subjects/words.js';
import type { AtOnce, StepTimes } from './calibrate.js';
import { contend, summaryOf } from './contention.js';
import { windowOf, type GithubCost, type NodeCost, type Rhythm } from './model.js';
import type { FleetWindow } from './window.js';

const MODEL =
  'peer: what the arithmetic says of this window out of the costs of one run, which two other nodes on another server gave';

export function windowRows(window: FleetWindow, cost: NodeCost, rhythm: Rhythm): Row[] {
  const { nodes, seconds, runs, cores, memory } = window;
  const said = windowOf(nodes, cost, runs, seconds);
  const fired = Object.entries(runs).filter(([, count]) => count > 0);
  const looks = nodes * (seconds / (rhythm.poll / 1000));
  const head = `${nodes} nodes for ${Math.round(seconds)} s`;
  const pair = (what: string, unit: string, ours: number, peer: number) =>
    row({ what: `${head}: ${what}`, unit, ours: [ours], peer: [peer], note: MODEL });
  const one = (what: string, unit: string, value: number, note?: string) =>
    row({ what: `  ${what}`, unit, ours: [value], ...(note === undefined ? {} : { note }) });
  return [
    pair('history events', 'events', window.events, said.events),
    pair('database rows that stay', 'rows', window.rows, said.rows),
    pair('actions', 'actions', window.actions, said.actions),
    pair('requests to Temporal, without polls', 'requests', window.requests, said.requests),
    pair('reads of the hub', 'reads', window.hubReads, looks + (runs.sync ?? 0) + (runs.receive ?? 0)),
    pair('open polls', 'polls', window.polls, nodes * (cost.polls.workflow + cost.polls.activity)),
    one(
      'runs in it',
      'runs',
      fired.reduce((sum, [, count]) => sum + count, 0),
      fired.map(([kind, count]) => `${kind} ${count}`).join(', '),
    ),
    one('heartbeats of a node', '/s', window.beats / nodes / seconds, operationsOf(window)),
    one('server', '% of a core', cores.server * 100),
    one('  the same for each node', '% of a core', (cores.server * 100) / nodes),
    one('  resident', 'MB', memory.server),
    one(
      '  written to the disk',
      'MB',
      window.written / 1e6,
      `the file grew by ${(window.fileBytes / 1e6).toFixed(1)} MB`,
    ),
    one('worker, mean of a node', '% of a core', (cores.worker * 100) / nodes),
    one('supervisor, mean of a node', '% of a core', (cores.supervisor * 100) / nodes),
    one('resident, supervisor + worker, mean of a node', 'MB', memory.node),
  ];
}

function operationsOf({ operations, nodes, seconds }: FleetWindow): string {
  const each = [...operations].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  const told = each.slice(0, 8).map(([name, count]) => `${name} ${(count / nodes / seconds).toFixed(3)}`);
  return `requests of a node a second: ${told.join(', ')}`;
}

const HTTP = 'ms of a core that git took on the side of the hub; without TLS or ssh';

export interface Real {
  readonly count: number;
  readonly rounds: readonly AtOnce[];
}

const SIMULATED =
  'peer: simulated with the steps as measured alone, two cores shared by all, and the moments in which the real ones began';

export function contentionRows(times: StepTimes, hub: HubCost, real: readonly Real[]): Row[] {
  const step = (what: string, ms: number) => row({ what: `publish, a step alone: ${what}`, ours: [ms] });
  return [
    step('fetch', times.fetch),
    step('plan, merge, commit', times.plan),
    step('push that comes too late', times.lost),
    step('push', times.push),
    row({ what: 'hub over http: a look, its machine', ours: [hub.read], note: HTTP }),
    row({ what: 'hub over http: a push, its machine', ours: [hub.push], note: HTTP }),
    ...real.flatMap(({ count, rounds }) => {
      const simulated = rounds.map((round, n) => simulate(times, round, count + n));
      const measured = rounds.map((round) => summaryOf({ ...round, busy: Number.NaN }));
      const pair = (what: string, unit: string, of: (each: ReturnType<typeof summaryOf>) => number) =>
        row({
          what: `${count} nodes publish at once: ${what}`,
          unit,
          ours: measured.map(of),
          peer: simulated.map(of),
          note: SIMULATED,
        });
      return [
        pair('tries', 'tries', ({ tries }) => tries),
        pair('median until published', 'ms', ({ p50 }) => p50),
        pair('95th percentile', 'ms', ({ p95 }) => p95),
        pair('gave up until the next cycle', '%', ({ gaveUp }) => gaveUp * 100),
      ];
    }),
  ];
}

function simulate({ fetch, plan, lost, push }: StepTimes, { arrivals }: AtOnce, seed: number) {
  const own = (ms: number) => ({ own: ms, hub: 0 });
  const steps = { fetch: own(fetch), plan: own(plan), lost: own(lost), push: own(push) };
  return summaryOf(contend({ arrivals, steps, hubCores: 2, latency: 0, onHub: true, random: seeded(seed) }));
}

export function githubRows(cost: GithubCost, first: number): Row[] {
  const asked = (what: string, requests: number) =>
    row({ what: `GitHub: ${what}`, unit: 'requests', ours: [requests] });
  return [
    asked('first backup of 1,010 files, proof included', first),
    asked('a backup without a change', cost.unchanged),
    asked('a backup with one changed file', cost.changed),
    asked('  of them that make something', cost.writes),
    asked('the hourly look at access', cost.access),
    asked('the hourly rolling verification', cost.verify),
    asked('a restore drill', cost.drill),
  ];
}
