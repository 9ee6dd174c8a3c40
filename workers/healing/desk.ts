// Healing as people look at it and hold it up: from the journal, so it is all there while Temporal is not.
import path from 'node:path';
import { openJournal } from '../../adapters/journal/append.js';
import type { Config } from '../../config/types.js';
import { NxsError } from '../../domain/errors.js';
import { incidentsOf, isOpen, type Incident } from '../../domain/healing/incident.js';
import { pastOf, type PastOf } from '../../domain/healing/past.js';
import type { NewEvent } from '../../domain/journal.js';
import { livingRun, readRunFile } from '../run-file.js';
import { uiLink, type UiPlace } from '../ui-link.js';
import { isBlind, readMonitor } from './monitor-file.js';
import { healingEvents, INCIDENT_SPAN } from './past.js';

type Place = Pick<Config, 'stateDir' | 'node' | 'nxs' | 'healing'>;

export interface MonitorView {
  /** `blind`: nobody has looked for too long, so "all well" means nothing; `off`: no control plane runs here. */
  readonly state: 'watching' | 'blind' | 'off';
  /** ISO; null: nobody has looked yet. */
  readonly at: string | null;
  /** What nobody can see. */
  readonly unseen: readonly { readonly subject: string; readonly detail: string }[];
}

export interface HealingView {
  readonly monitor: MonitorView;
  /** ISO. */
  readonly paused: { readonly until: string; readonly by: string; readonly reason: string } | null;
  /** Newest first. */
  readonly incidents: readonly Incident[];
}

/** The longest pause, ms: a forgotten one must end by itself. */
export const LONGEST_PAUSE = 24 * 3_600_000;

export async function viewHealing(config: Place, now: number): Promise<HealingView> {
  const [events, monitor] = await Promise.all([
    healingEvents(config, now - INCIDENT_SPAN),
    viewMonitor(config, now),
  ]);
  return { monitor, paused: pauseOf(pastOf(events, now)), incidents: [...incidentsOf(events)].reverse() };
}

export async function viewMonitor({ stateDir, healing }: Place, now: number): Promise<MonitorView> {
  const file = await readMonitor(stateDir);
  const run = livingRun(await readRunFile(stateDir));
  const at = file === null ? null : new Date(file.at).toISOString();
  const unseen = (file?.blind ?? []).map(({ subject, detail }) => ({ subject, detail }));
  if (run === null) return { state: 'off', at, unseen };
  // Right after the start nobody has looked yet.
  const known = file ?? { at: Date.parse(run.started), anomalies: [], blind: [] };
  const latest = Math.max(known.at, Date.parse(run.started));
  return {
    state: isBlind({ ...known, at: latest }, healing.interval, now) ? 'blind' : 'watching',
    at,
    unseen,
  };
}

function pauseOf({ pause }: PastOf): HealingView['paused'] {
  return pause === null ? null : { ...pause, until: new Date(pause.until).toISOString() };
}

/**
 * The incident of that id, or the only one whose id begins so; an open one goes before ended ones. Throws NxsError USAGE when there is
 * none, or more than one.
 */
export function findIncident(incidents: readonly Incident[], id: string): Incident {
  const exact = incidents.find((each) => each.id === id);
  if (exact !== undefined) return exact;
  const alike = incidents.filter((each) => each.id.startsWith(id));
  const open = alike.filter(isOpen);
  const [one, ...others] = open.length > 0 ? open : alike;
  if (one === undefined) {
    throw new NxsError('USAGE', `There is no incident "${id}" on record here; nxs heal list names them.`);
  }
  if (others.length > 0) {
    const names = [one, ...others].slice(0, 5).map((each) => each.id);
    throw new NxsError('USAGE', `"${id}" may mean ${names.join(', ')}; write one of them.`);
  }
  return one;
}

/** Nothing is done until then (ms). Journalled, so that it holds for every process and outlives all of them. */
export async function pauseHealing(
  config: Place,
  { until, by, reason }: { readonly until: number; readonly by: string; readonly reason: string },
): Promise<void> {
  const data = { until: new Date(until).toISOString(), by, reason };
  await note(config, { id: idOf('healing.paused'), type: 'healing.paused', data });
}

export async function resumeHealing(config: Place, by: string): Promise<void> {
  await note(config, { id: idOf('healing.resumed'), type: 'healing.resumed', data: { by } });
}

/** Says whether an incident was a right alarm; the last word counts (domain/kpi). */
export async function markIncident(
  config: Place,
  data: {
    readonly incident: string;
    readonly label: 'true_positive' | 'false_positive';
    readonly by: string;
    readonly reason: string;
  },
): Promise<void> {
  await note(config, { id: idOf('healing.labelled'), type: 'healing.labelled', data });
}

async function note({ stateDir, node }: Place, event: NewEvent): Promise<void> {
  await openJournal({ dir: path.join(stateDir, 'journal'), node }).append([event]);
}

function idOf(type: string): string {
  return `${type}/${new Date().toISOString()}/${String(process.pid)}`;
}

/** Where the web UI is, as far as this node knows. */
export async function uiPlaceOf({ stateDir, nxs }: Place): Promise<UiPlace> {
  const ui = (await readRunFile(stateDir))?.ui ?? null;
  return { ui, namespace: nxs.temporal.mode === 'external' ? nxs.temporal.namespace : 'default' };
}

/** Links into the web UI, with what this node knows of its own. */
export async function linksOf(config: Place): Promise<(workflow: string) => string | null> {
  const place = await uiPlaceOf(config);
  return (workflow) => uiLink(place, workflow);
}
