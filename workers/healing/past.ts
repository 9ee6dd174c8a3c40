// Healing's part of the journal, for the worker, the front and the commands.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { dayFiles, dayPath } from '../../adapters/journal/files.js';
import { readJournal } from '../../adapters/journal/read.js';
import type { Config } from '../../config/types.js';
import { pastOf, PAST_SPAN, type PastOf } from '../../domain/healing/past.js';
import type { JournalEvent } from '../../domain/journal.js';

type Place = Pick<Config, 'stateDir'>;

/** ms: an incident that began before is not looked for. */
export const INCIDENT_SPAN = 30 * 24 * 3_600_000;

/** Events of healing at or after `since` (ms), oldest first. */
export async function healingEvents(place: Place, since: number): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  for await (const event of readJournal(journalDir(place), { since, types: ['healing.'] }))
    events.push(event);
  return events;
}

/** The past as of now. Asked every few seconds while something is wrong, so the journal is read again only when it has grown. */
export function openPast(place: Place): () => Promise<PastOf> {
  let kept: { readonly mark: string; readonly events: readonly JournalEvent[] } | null = null;
  return async () => {
    const now = Date.now();
    const mark = await markOf(journalDir(place));
    if (kept?.mark !== mark) kept = { mark, events: await healingEvents(place, now - PAST_SPAN) };
    return pastOf(kept.events, now);
  };
}

/** Changes with each event: lines are only ever added, to the newest file. */
async function markOf(dir: string): Promise<string> {
  const newest = (await dayFiles(dir)).at(-1);
  if (newest === undefined) return '';
  return `${newest} ${String((await stat(dayPath(dir, newest))).size)}`;
}

function journalDir({ stateDir }: Place): string {
  return path.join(stateDir, 'journal');
}
