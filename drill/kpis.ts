// The KPIs of a drill: the product's own projection over the journals of all its planes, with the drill's labels. Only the uptime is
// asked from outside.
import type { JournalEvent } from '../domain/journal.js';
import type { Kpi } from '../domain/kpi/model.js';
import { openKpis } from '../domain/kpi/projection.js';
import { TARGETS } from '../domain/kpi/targets.js';
import type { Played } from './play.js';
import type { ScenarioReport } from './report/model.js';

type Told = Pick<JournalEvent, 'type' | 'data' | 'at' | 'node'>;

export interface Measured {
  readonly kpis: readonly Kpi[];
  readonly notes: readonly string[];
}

/** `from` and `to` in ms since the epoch. */
export function kpisOf(played: readonly Played[], from: number, to: number): Measured {
  const kpis = openKpis();
  let left = 0;
  let open = 0;
  const unclaimed: string[] = [];
  for (const group of played)
    for (const plane of group.planes) {
      // Two groups may call a node by the same name.
      const node = `${group.group}/${plane.node}`;
      const cutOff = cutOffIn(plane.journal, group.scenarios);
      open += cutOff.size;
      const journal = plane.journal.filter(({ data }) => !cutOff.has(data['incident']));
      for (const event of journal)
        if (isPlannedFailure(event, group.scenarios)) left += 1;
        else kpis.add({ ...event, node });
      for (const label of labelsOf(journal, group.scenarios, node)) {
        kpis.add(label);
        if (label.data['label'] === 'false_positive') unclaimed.push(nobodys(label, journal));
      }
    }
  for (const failover of clientFailovers(played)) kpis.add(failover);
  const report = kpis.report({ node: 'drill', from, to });
  const uptime = uptimeOf(played);
  const measured = report.kpis.map((kpi) => (kpi.id === 'uptime' ? { ...kpi, ...uptime } : kpi));
  const notes = [
    ...(left === 0 ? [] : [leftOut(left)]),
    ...(open === 0 ? [] : [stillOpen(open)]),
    ...unclaimed,
  ];
  return { kpis: measured, notes };
}

function leftOut(runs: number): string {
  const what = runs === 1 ? 'One backup run that was' : `${runs} backup runs that were`;
  return `${what} not green while the drill kept the place, the token or the content from it: left out of the backup success rate, and judged by their scenarios.`;
}

function nobodys({ node, data: { incident } }: Told, journal: readonly Told[]): string {
  const seen = journal.find(({ type, data }) => type === 'healing.detected' && data['incident'] === incident);
  return `${node}: no scenario caused ${String(incident)} (${String(seen?.data['detail'])}): it counts as a false positive.`;
}

function stillOpen(incidents: number): string {
  const what = incidents === 1 ? 'One incident' : `${incidents} incidents`;
  return `${what} had not ended yet when the plane was, after its scenario had passed: left out of the recovery time.`;
}

/** Incidents without an end whose scenario has passed: the drill ended the plane before the plane ended them. */
function cutOffIn(journal: readonly Told[], scenarios: readonly ScenarioReport[]): ReadonlySet<unknown> {
  const of = (type: string) =>
    journal.filter((event) => event.type === type).map(({ data }) => data['incident']);
  const passed = new Set<unknown>(
    scenarios.filter(({ verdict }) => verdict === 'PASS').flatMap(({ incidents }) => incidents),
  );
  const finished = new Set(of('healing.finished'));
  return new Set(
    of('healing.detected').filter((incident) => passed.has(incident) && !finished.has(incident)),
  );
}

/** A run that could not be green because of a proven fault that was in force when it ended. */
function isPlannedFailure(event: JournalEvent, scenarios: readonly ScenarioReport[]): boolean {
  if (event.type !== 'backup.finished' || event.data['outcome'] === 'green') return false;
  return scenarios.some((scenario) => isWithin(scenario, Date.parse(event.at)) && scenario.proof !== null);
}

function isWithin({ started, duration_ms: duration }: ScenarioReport, at: number): boolean {
  const began = Date.parse(started);
  return at >= began && at <= began + duration;
}

/**
 * What a scenario caused on purpose was rightly seen; what nobody claims was not. An incident from the time of a scenario without a
 * verdict stays without a label.
 */
export function labelsOf(
  journal: readonly Told[],
  scenarios: readonly ScenarioReport[],
  node: string,
): readonly Told[] {
  const claimed = new Set(scenarios.flatMap(({ incidents }) => incidents));
  return journal.flatMap((event) => {
    const incident = event.data['incident'];
    if (event.type !== 'healing.detected' || typeof incident !== 'string') return [];
    const mine = claimed.has(incident);
    const unclear = scenarios.some(
      (each) => each.verdict === 'INCONCLUSIVE' && isWithin(each, Date.parse(event.at)),
    );
    if (!mine && unclear) return [];
    const label = mine ? 'true_positive' : 'false_positive';
    const reason = mine ? 'caused on purpose' : 'no scenario caused it';
    const data = { incident, label, by: 'drill', reason };
    return [{ type: 'healing.labelled', at: event.at, node, data }];
  });
}

/** The same failovers once more, as the client saw them. */
function clientFailovers(played: readonly Played[]): readonly Told[] {
  return played
    .flatMap(({ scenarios }) => scenarios)
    .flatMap(({ failovers_ms: times, fault, started }) =>
      times.map((ms) => ({
        type: 'provider.failover',
        at: fault ?? started,
        node: 'client',
        data: { from: 'a', to: 'b', reason: 'drill', duration_ms: ms, lane: 'direct' },
      })),
    );
}

/** Below this many looks one that failed would weigh more than the target allows. */
const ENOUGH = 200;
const LOOK_MS = 500;

function uptimeOf(
  played: readonly Played[],
): Pick<Kpi, 'value' | 'n' | 'verdict' | 'definition' | 'unknown'> {
  const uptimes = played.flatMap(({ planes }) => planes.map(({ uptime }) => uptime));
  const asked = uptimes.reduce((sum, each) => sum + each.asked, 0);
  const good = uptimes.reduce((sum, each) => sum + each.good, 0);
  const value = asked === 0 ? null : (100 * good) / asked;
  const met = value !== null && value > TARGETS.uptime;
  return {
    value,
    n: Math.floor((asked * LOOK_MS) / 60_000),
    verdict: value === null || asked < ENOUGH ? 'too_few' : met ? 'met' : 'missed',
    definition:
      'Share of the looks at /healthz, made from outside twice a second while a plane is meant to run, that were answered; the time in which a supervisor is down on purpose is left out.',
    unknown: `${good} of ${asked} looks`,
  };
}
