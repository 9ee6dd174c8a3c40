// Healing's part of the journal, for the worker, the front and the commands.
import path from 'node:path';
import { readJournal } from '../../adapters/journal/read.js';
import type { Config } from '../../config/types.js';
import { incidentsOf, type Incident } from '../../domain/healing/incident.js';
import { pastOf, PAST_SPAN, type PastOf } from '../../domain/healing/past.js';
import type { JournalEvent } from '../../domain/journal.js';

type Place = Pick<Config, 'stateDir'>;

/** Events of healing at or after `since` (ms), oldest first. */
export async function healingEvents({ stateDir }: Place, since: number): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  const dir = path.join(stateDir, 'journal');
  for await (const event of readJournal(dir, { since, types: ['healing.'] })) events.push(event);
  return events;
}

export async function readPast(place: Place, now: number): Promise<PastOf> {
  return pastOf(await healingEvents(place, now - PAST_SPAN), now);
}

/** ms: an incident that began before is not looked for. */
export const INCIDENT_SPAN = 30 * 24 * 3_600_000;

/** Newest first. */
export async function readIncidents(
  place: Place,
  now: number,
  span = INCIDENT_SPAN,
): Promise<readonly Incident[]> {
  return [...incidentsOf(await healingEvents(place, now - span))].reverse();
}
